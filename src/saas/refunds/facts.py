"""What the rules of a refund look at, loaded in one place before they are asked."""

from __future__ import annotations

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Contract
from saas.clients.queries import client as client_of
from saas.clients.queries import communications
from saas.identity.queries import members
from saas.kernel import clock
from saas.kernel.money import ZERO, Money
from saas.kernel.months import months_after
from saas.kernel.tenancy import of_this_firm
from saas.refunds import queries
from saas.refunds.checklist import missing
from saas.refunds.models import OVER, Refund
from saas.refunds.policies.policy_models import RefundPolicy
from saas.refunds.rules import RefundFacts
from saas.refunds.terms import Terms
from saas.refunds.watch.watch_models import Signal


async def refund_facts(session: AsyncSession, refund: Refund) -> RefundFacts:
    """Everything the rules ask about one refund. Locks the contract, so that two approvals see each other's sums."""
    await session.execute(
        select(Contract.id).where(of_this_firm(Contract), Contract.id == refund.contract_id).with_for_update()
    )
    terms = await terms_of(session, refund)
    receipts = await queries.receipts(session, refund.contract_id)
    payee = await queries.payee(session, refund.id)
    talks = await communications(session, subject_id=refund.id)
    asked = await queries.asked(session, refund.id)
    in_approval = refund.state in ("agreed", "approved_l1")
    budget, used = await queries.budget(session, clock.today(), lock=in_approval)
    return RefundFacts(
        terms=terms,
        received=sum((receipt.amount for receipt in receipts), ZERO),
        committed=await queries.committed(session, refund.contract_id, without=refund.id),
        communications=sum(talk.addendum_to_id is None for talk in talks),
        missing=missing(refund, terms, receipts, asked),
        open_questions=sum(one.answered_at is None and one.waived_by is None for one in asked),
        members=frozenset(member.id for member in await members(session)),
        fast_lane_open=await _is_clean(session, refund, terms, [receipt.payer for receipt in receipts]),
        needs_level_2=needs_level_2(refund, terms),
        budget=budget,
        budget_used=used,
        payee=payee,
        payments=tuple(await queries.payments(session, refund.id)),
        payers=tuple(receipt.payer for receipt in receipts),
        uscc=(await client_of(session, refund.client_id)).uscc,
        contract_free=not await _has_other_open(session, refund),
        credit=credit_for(refund, terms),
        credit_until=months_after(clock.today(), terms.credit_months),
    )


async def terms_of(session: AsyncSession, refund: Refund) -> Terms:
    """The terms of the version that was pinned to this refund."""
    query = select(RefundPolicy.terms).where(of_this_firm(RefundPolicy), RefundPolicy.id == refund.policy_id)
    return msgspec.convert((await session.execute(query)).scalar_one(), Terms)


def needs_level_2(refund: Refund, terms: Terms) -> bool:
    """Above the limit, on an override, or where the firm itself erred."""
    return (refund.amount or ZERO).fen > terms.level_2_from or refund.overridden or refund.at_fault


def credit_for(refund: Refund, terms: Terms) -> Money | None:
    """P9: the offered amount with the policy's bonus, rounded once (accounting.md §8)."""
    if refund.amount is None:
        return None
    return Money.round(refund.amount.yuan * (100 + terms.credit_bonus_percent) / 100)


async def _is_clean(session: AsyncSession, refund: Refund, terms: Terms, payers: list[str]) -> bool:
    """Small and clean: within the limit, reckoned and not overridden, no fault, never disputed, paid by one payer."""
    if refund.amount is None or refund.amount.fen > terms.fast_lane_up_to:
        return False
    signals = select(func.count()).where(of_this_firm(Signal), Signal.refund_id == refund.id, Signal.seen_at.is_(None))
    one_payer = len(set(payers)) == 1 and refund.payer in ("", *payers)
    plain = not (refund.overridden or refund.at_fault or refund.mediation or refund.appeal)
    return plain and one_payer and not await session.scalar(signals)


async def _has_other_open(session: AsyncSession, refund: Refund) -> bool:
    query = select(Refund.id).where(
        of_this_firm(Refund), Refund.contract_id == refund.contract_id, Refund.id != refund.id,
        Refund.state.not_in(OVER),
    )  # fmt: skip
    return await session.scalar(query.limit(1)) is not None
