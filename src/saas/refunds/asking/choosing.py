"""What is chosen before a request can be written: the contract with what was received, then the policy's reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Contract, Receipt
from saas.kernel import clock
from saas.kernel.i18n import listed
from saas.kernel.money import ZERO, Money
from saas.kernel.pages import show_date
from saas.refunds import queries, words
from saas.refunds.checklist import EVIDENCE
from saas.refunds.policies.plain_rule import plain_rule
from saas.refunds.policies.versions import pinned_for
from saas.refunds.terms import Reason, Terms


async def reasons_of(session: AsyncSession, contract: Contract, chosen: str) -> dict[str, Any]:
    """The reasons of the policy that counts for a contract, the one chosen, and what was received from whom."""
    policy = await pinned_for(session, contract, clock.today())
    terms = msgspec.convert(policy.terms, Terms)
    receipts = await queries.receipts(session, contract.id)
    reason = next((one for one in terms.reasons if one.code == chosen), None)
    return {
        "policy": policy,
        "rule": plain_rule(terms, reason) if reason is not None else {},
        "policy_name": words.policy_name(terms),
        "reasons": [reason_choice(one) for one in terms.reasons],
        "reason": reason,
        "reason_name": words.reason_name,
        "received": received(receipts),
        "payers": list(dict.fromkeys(receipt.payer for receipt in receipts)),
        "evidence_labels": EVIDENCE,
    }


def received(receipts: Sequence[Receipt]) -> Money:
    return sum((receipt.amount for receipt in receipts), ZERO)


def contract_choice(contract: Contract, receipts: Sequence[Receipt]) -> dict[str, Any]:
    """One contract as ui.choices takes it."""
    return {
        "value": str(contract.id),
        "label": contract.number,
        "detail": f"{show_date(contract.starts_on)} – {show_date(contract.ends_on)}",
        "aside": f"¥{received(receipts)}",
    }


def reason_choice(reason: Reason) -> dict[str, Any]:
    """One reason of the policy as ui.choices takes it, with the papers it needs."""
    return {
        "value": reason.code,
        "label": words.reason_name(reason),
        "detail": listed(EVIDENCE[what] for what in reason.evidence),
    }
