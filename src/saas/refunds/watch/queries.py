"""What the signals look at, and the signals themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.queries import members
from saas.kernel.errors import Missing as NotFound
from saas.kernel.money import Money
from saas.kernel.tenancy import of_this_firm
from saas.refunds import queries as refunds
from saas.refunds.models import Refund
from saas.refunds.payment.payment_models import Payee
from saas.refunds.policies.policy_models import RefundPolicy
from saas.refunds.terms import Terms
from saas.refunds.watch.kinds import DAYS, SHARE_DAYS, Surroundings
from saas.refunds.watch.thresholds import thresholds
from saas.refunds.watch.watch_models import Signal
from saas.refunds.words import reason_name

NEVER_PAID = ("rejected", "refused", "cancelled")


async def surroundings(session: AsyncSession, refund: Refund, now: datetime) -> Surroundings:
    """Everything the rules ask about one refund, in a handful of queries."""
    here = await members(session)
    payees = await _payees(session, refund.id)
    contract = await refunds.contract(session, refund.contract_id)
    policy = await session.get(RefundPolicy, (refund.firm_id, refund.policy_id))
    terms = msgspec.convert(policy.terms, Terms) if policy is not None else None
    overridden, reckoned = await _overrides(session, refund, now)
    receipts = await refunds.receipts(session, refund.contract_id)
    return Surroundings(
        await thresholds(session),
        preparer=next((member.name for member in here if member.id == refund.preparer_id), ""),
        by_preparer=await _by_preparer(session, refund, now),
        payees=tuple(payees),
        same_account=await _same_account(session, refund, payees[-1]) if payees else (),
        payers=frozenset(receipt.payer for receipt in receipts),
        colleagues=frozenset(member.name for member in here),
        reason=reason_name(terms.reason(refund.reason)) if terms is not None else refund.reason,
        overridden=overridden,
        reckoned=reckoned,
        starts_on=contract.starts_on,
        earlier=await _earlier(session, refund),
        fast_lane_up_to=Money(terms.fast_lane_up_to if terms is not None else 0),
        level_2_from=Money(terms.level_2_from if terms is not None else 0),
    )


async def _payees(session: AsyncSession, refund_id: UUID) -> Sequence[Payee]:
    query = select(Payee).where(of_this_firm(Payee), Payee.refund_id == refund_id)
    return (await session.scalars(query.order_by(Payee.written_at, Payee.id))).all()


async def _by_preparer(session: AsyncSession, refund: Refund, now: datetime) -> int:
    if refund.preparer_id is None:
        return 0
    query = select(func.count()).select_from(Refund).where(
        of_this_firm(Refund), Refund.preparer_id == refund.preparer_id,
        Refund.opened_at >= now - timedelta(days=DAYS), Refund.state.not_in(NEVER_PAID),
    )  # fmt: skip
    return await session.scalar(query) or 0


async def _same_account(session: AsyncSession, refund: Refund, payee: Payee) -> tuple[tuple[str, bool], ...]:
    """Refunds whose account in use has the same fingerprint; the account itself stays sealed."""
    query = (
        select(Refund.number, Refund.client_id)
        .join(Payee, (Payee.firm_id == Refund.firm_id) & (Payee.refund_id == Refund.id))
        .where(of_this_firm(Refund), Payee.account_mark == payee.account_mark, Refund.id != refund.id)
        .where(Refund.state.not_in(NEVER_PAID))
        .distinct()
        .order_by(Refund.number)
        .limit(10)
    )
    rows = (await session.execute(query)).all()
    return tuple((number, client_id != refund.client_id) for number, client_id in rows)


async def _overrides(session: AsyncSession, refund: Refund, now: datetime) -> tuple[int, int]:
    """(changed by hand, reckoned) of the refunds for the same reason."""
    query = select(func.count().filter(Refund.amount != Refund.computed), func.count()).where(
        of_this_firm(Refund), Refund.reason == refund.reason, Refund.computed.is_not(None), Refund.amount.is_not(None),
        Refund.opened_at >= now - timedelta(days=SHARE_DAYS),
    )  # fmt: skip
    row = (await session.execute(query)).one()
    return row[0], row[1]


async def _earlier(session: AsyncSession, refund: Refund) -> tuple[str, ...]:
    query = select(Refund.number).where(
        of_this_firm(Refund), Refund.contract_id == refund.contract_id, Refund.id != refund.id,
        Refund.state.in_(("paid", "archived")),
    )  # fmt: skip
    return tuple((await session.scalars(query.order_by(Refund.number))).all())


async def signals(session: AsyncSession, refund_id: UUID) -> Sequence[Signal]:
    """Of one refund, the oldest first."""
    query = select(Signal).where(of_this_firm(Signal), Signal.refund_id == refund_id)
    return (await session.scalars(query.order_by(Signal.at, Signal.id))).all()


async def signal(session: AsyncSession, refund_id: UUID, signal_id: UUID) -> Signal:
    """One signal, locked until the transaction ends; NotFound for any other id."""
    query = select(Signal).where(of_this_firm(Signal), Signal.refund_id == refund_id, Signal.id == signal_id)
    found: Signal | None = await session.scalar(query.with_for_update())
    if found is None:
        raise NotFound()
    return found


async def open_signals(session: AsyncSession, kind: str = "", limit: int = 200) -> Sequence[tuple[Signal, Refund]]:
    """Nobody has looked at these yet; the oldest first."""
    query = (
        select(Signal, Refund)
        .join(Refund, (Refund.firm_id == Signal.firm_id) & (Refund.id == Signal.refund_id))
        .where(of_this_firm(Signal), Signal.seen_at.is_(None))
    )
    query = query.where(Signal.kind == kind) if kind else query
    return [(row[0], row[1]) for row in (await session.execute(query.order_by(Signal.at, Signal.id).limit(limit)))]


async def open_by_kind(session: AsyncSession) -> dict[str, int]:
    query = select(Signal.kind, func.count()).where(of_this_firm(Signal), Signal.seen_at.is_(None))
    return {row[0]: row[1] for row in (await session.execute(query.group_by(Signal.kind))).all()}


async def seen_lately(session: AsyncSession, since: datetime) -> Sequence[tuple[Signal, Refund]]:
    """What was looked at since a moment, with the words of whoever did."""
    query: Any = (
        select(Signal, Refund)
        .join(Refund, (Refund.firm_id == Signal.firm_id) & (Refund.id == Signal.refund_id))
        .where(of_this_firm(Signal), Signal.seen_at >= since)
        .order_by(Signal.seen_at.desc())
        .limit(50)
    )
    return [(row[0], row[1]) for row in (await session.execute(query)).all()]
