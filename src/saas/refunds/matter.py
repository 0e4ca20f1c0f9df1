"""One request on the client's page: where it stands, what is missing, and the whole calculation once offered."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock
from saas.kernel.perform import calendar_of
from saas.refunds import queries, words
from saas.refunds.asking.promises import progress
from saas.refunds.checklist import EVIDENCE
from saas.refunds.ladder_view import ladder_view
from saas.refunds.models import OVER, Refund
from saas.refunds.payment.payees import refusal_to_write
from saas.refunds.policies.plain_rule import plain_rule
from saas.refunds.terms import Terms
from saas.refunds.workflow import EARLY

# From the request on, and after the yes; a rejected or finished request needs no account.
GIVES_ACCOUNT = EARLY | {"disputed", "approved_l1", "approved", "payee_checked", "failed"}


async def matter(session: AsyncSession, refund: Refund) -> dict[str, Any]:
    """What templates/refunds/public/_matter.html shows."""
    policy = await queries.policy(session, refund.policy_id)
    terms = msgspec.convert(policy.terms, Terms)
    shown = progress(refund)
    payee = await queries.payee(session, refund.id)
    receipts = await queries.receipts(session, refund.contract_id)
    calendar = await calendar_of(session)
    asked = [one for one in await queries.asked(session, refund.id) if one.is_open]
    return {
        **shown,
        "reason": words.reason_name(terms.reason(refund.reason)),
        "policy": f"{words.policy_name(terms)} v{policy.version}",
        "missing": [(one, EVIDENCE[one.what]) for one in asked] if refund.state == "clarifying" else [],
        "may_understand": refund.state in ("submitted", "clarifying") and "policy_explained" not in refund.checked,
        "waiting": calendar.working_days(shown["since"], clock.today()) if refund.state not in OVER else None,
        "account": f"{payee.bank} {payee.masked}" if payee is not None else "",
        "may_give_account": refund.state in GIVES_ACCOUNT and refusal_to_write(refund, payee) is None,
        "payers": list(dict.fromkeys(receipt.payer for receipt in receipts)),
        "may_take_back": refund.state in EARLY,
        "rule": plain_rule(terms, terms.reason(refund.reason)),
        "ladder": ladder_view(refund, terms, policy) if shown["calculated"] else {"shown": False},
        "amount": refund.amount if shown["calculated"] else None,
    }
