"""Every SELECT of refunds that several rooms share. Each begins with the firm."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Contract, Receipt
from saas.kernel import tenancy
from saas.kernel.clock import CHINA
from saas.kernel.errors import Missing as NotFound
from saas.kernel.money import ZERO, Money
from saas.kernel.tenancy import of_this_firm
from saas.refunds.models import Missing, Refund
from saas.refunds.payment_models import Payee, Payment, RefundBudget
from saas.refunds.policy_models import PolicyAcceptance, RefundPolicy


async def refund(session: AsyncSession, refund_id: UUID) -> Refund:
    """One refund of this firm; Missing for any other id."""
    found = await refund_or_none(session, refund_id)
    if found is None:
        raise NotFound()
    return found


async def refund_or_none(session: AsyncSession, refund_id: UUID) -> Refund | None:
    found: Refund | None = await session.scalar(select(Refund).where(of_this_firm(Refund), Refund.id == refund_id))
    return found


async def contract(session: AsyncSession, contract_id: UUID) -> Contract:
    found = await session.scalar(select(Contract).where(of_this_firm(Contract), Contract.id == contract_id))
    if found is None:
        raise NotFound()
    return found


async def receipts(session: AsyncSession, contract_id: UUID) -> Sequence[Receipt]:
    """What was received under one contract, the oldest first."""
    query = select(Receipt).where(of_this_firm(Receipt), Receipt.contract_id == contract_id)
    return (await session.scalars(query.order_by(Receipt.received_on, Receipt.id))).all()


async def payee(session: AsyncSession, refund_id: UUID) -> Payee | None:
    """The account written down last."""
    query = select(Payee).where(of_this_firm(Payee), Payee.refund_id == refund_id)
    return (await session.scalars(query.order_by(Payee.written_at.desc(), Payee.id.desc()).limit(1))).first()


async def asked(session: AsyncSession, refund_id: UUID) -> Sequence[Missing]:
    """What was asked of the client, in the order of asking."""
    query = select(Missing).where(of_this_firm(Missing), Missing.refund_id == refund_id)
    return (await session.scalars(query.order_by(Missing.asked_at, Missing.id))).all()


async def payments(session: AsyncSession, refund_id: UUID) -> Sequence[Payment]:
    query = select(Payment).where(of_this_firm(Payment), Payment.refund_id == refund_id)
    return (await session.scalars(query.order_by(Payment.made_at, Payment.id))).all()


async def committed(session: AsyncSession, contract_id: UUID, *, without: UUID | None = None) -> Money:
    """Reserved, in transit and paid back under one contract, `without` one of its refunds.

    The sum is the database's own (guards.sql), so that the rule and the trigger can't differ.
    """
    query = text("SELECT refund_committed(:firm, :contract, :without)")
    given = {"firm": tenancy.current_firm_id(), "contract": contract_id, "without": without}
    return Money(int((await session.execute(query, given)).scalar_one()))


async def budget(session: AsyncSession, day: date) -> tuple[Money | None, Money]:
    """(the month's budget or None where none was set, what approvals of this month have used)."""
    set_from = select(RefundBudget.monthly).where(of_this_firm(RefundBudget), RefundBudget.valid_from <= day)
    monthly: Money | None = await session.scalar(set_from.order_by(RefundBudget.valid_from.desc()).limit(1))
    month = func.date_trunc("month", func.timezone(CHINA.key, Refund.approved_at))
    used = select(func.coalesce(func.sum(Refund.amount), 0)).where(
        of_this_firm(Refund), month == day.replace(day=1), Refund.state.not_in(("cancelled", "converted"))
    )
    spent = await session.scalar(used)
    return monthly, spent if isinstance(spent, Money) else Money(int(spent or 0)) or ZERO


async def policy_on(session: AsyncSession, day: date) -> RefundPolicy | None:
    """The version in force on a day: of those that began by then the newest."""
    query = select(RefundPolicy).where(of_this_firm(RefundPolicy), RefundPolicy.valid_from <= day)
    newest = query.order_by(RefundPolicy.valid_from.desc(), RefundPolicy.version.desc()).limit(1)
    return (await session.scalars(newest)).first()


async def accepted_policy(session: AsyncSession, contract_id: UUID) -> PolicyAcceptance | None:
    query = select(PolicyAcceptance).where(of_this_firm(PolicyAcceptance), PolicyAcceptance.contract_id == contract_id)
    return (await session.scalars(query)).first()
