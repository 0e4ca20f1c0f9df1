"""One request on the client's page: where it stands, what is missing, and the whole calculation once offered."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from saas.refunds import queries, words
from saas.refunds.checklist import EVIDENCE
from saas.refunds.ladder_view import ladder_view
from saas.refunds.models import Refund
from saas.refunds.plain_rule import plain_rule
from saas.refunds.promises import progress
from saas.refunds.terms import Terms
from saas.refunds.workflow import EARLY


async def matter(session: AsyncSession, refund: Refund) -> dict[str, Any]:
    """What templates/refunds/public/_matter.html shows."""
    policy = await queries.policy(session, refund.policy_id)
    terms = msgspec.convert(policy.terms, Terms)
    shown = progress(refund)
    asked = [one for one in await queries.asked(session, refund.id) if one.is_open]
    return {
        **shown,
        "reason": words.reason_name(terms.reason(refund.reason)),
        "policy": f"{words.policy_name(terms)} v{policy.version}",
        "missing": [(one, EVIDENCE[one.what]) for one in asked] if refund.state == "clarifying" else [],
        "may_understand": refund.state in ("submitted", "clarifying") and "policy_explained" not in refund.checked,
        "may_take_back": refund.state in EARLY,
        "rule": plain_rule(terms, terms.reason(refund.reason)),
        "ladder": ladder_view(refund, terms, policy) if shown["calculated"] else {"shown": False},
        "amount": refund.amount if shown["calculated"] else None,
    }
