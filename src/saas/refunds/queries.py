"""Every SELECT of refunds that several rooms share. Each begins with the firm."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Contract, Receipt
from saas.kernel import tenancy
from saas.kernel.clock import CHINA
from saas.kernel.errors import Missing as NotFound
from saas.kernel.money import Money
from saas.kernel.months import following_month
from saas.kernel.tenancy import of_this_firm
from saas.notices.models import Notice
from saas.refunds.models import Missing, Refund
from saas.refunds.payment.payment_models import Payee, Payment, RefundBudget
from saas.refunds.policies.policy_models import PolicyAcceptance, RefundPolicy


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


async def budget(session: AsyncSession, day: date, *, lock: bool = False) -> tuple[Money | None, Money]:
    """(the budget of the day's month or None where none was set, what approvals of that month have used).

    With `lock` the figure's row is locked, so that approvals of other contracts in the same instant wait for this one.
    """
    month = day.replace(day=1)
    query = select(RefundBudget).where(of_this_firm(RefundBudget), RefundBudget.valid_from <= month)
    query = query.order_by(RefundBudget.valid_from.desc()).limit(1)
    found = (await session.scalars(query.with_for_update() if lock else query)).first()
    begins = datetime.combine(month, time(), CHINA)
    ends = datetime.combine(following_month(month), time(), CHINA)
    used = select(func.coalesce(func.sum(Refund.amount), 0)).where(
        of_this_firm(Refund), Refund.approved_at >= begins, Refund.approved_at < ends,
        Refund.state.not_in(("cancelled", "converted")),
    )  # fmt: skip
    spent = await session.scalar(used)
    return found.monthly if found else None, spent if isinstance(spent, Money) else Money(int(spent or 0))


async def policy_on(session: AsyncSession, day: date) -> RefundPolicy | None:
    """The version in force on a day: of those that began by then the newest."""
    query = select(RefundPolicy).where(of_this_firm(RefundPolicy), RefundPolicy.valid_from <= day)
    newest = query.order_by(RefundPolicy.valid_from.desc(), RefundPolicy.version.desc()).limit(1)
    return (await session.scalars(newest)).first()


async def policy(session: AsyncSession, policy_id: UUID) -> RefundPolicy:
    """One version of this firm's policy."""
    query = select(RefundPolicy).where(of_this_firm(RefundPolicy), RefundPolicy.id == policy_id)
    found: RefundPolicy = (await session.scalars(query)).one()
    return found


async def letters(session: AsyncSession, refund_id: UUID) -> Sequence[Notice]:
    """The letters about one refund, the newest first; drafts that were given up left out."""
    query = select(Notice).where(of_this_firm(Notice), Notice.subject_id == refund_id, Notice.state != "discarded")
    return (await session.scalars(query.order_by(Notice.id.desc()))).all()


async def accepted_policy(session: AsyncSession, contract_id: UUID) -> PolicyAcceptance | None:
    query = select(PolicyAcceptance).where(of_this_firm(PolicyAcceptance), PolicyAcceptance.contract_id == contract_id)
    return (await session.scalars(query)).first()


async def of_client(session: AsyncSession, client_id: UUID) -> Sequence[Refund]:
    """Every request of one client, the newest first."""
    query = select(Refund).where(of_this_firm(Refund), Refund.client_id == client_id)
    return (await session.scalars(query.order_by(Refund.opened_at.desc(), Refund.id))).all()
