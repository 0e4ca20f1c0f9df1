"""SELECTs over closed refunds: what fairness, precedents, samples and times are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Row, func, or_, select, text
from sqlalchemy import cast as sql_cast
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client, Contact, Contract, Receipt
from saas.kernel.errors import Missing as NotFound
from saas.kernel.money import Money
from saas.kernel.stages import StageEntry
from saas.kernel.tenancy import current_firm_id, of_this_firm
from saas.refunds.lists.list_queries import Place
from saas.refunds.models import Refund
from saas.refunds.payment.payment_models import Payee
from saas.refunds.watch.spread import BANDS, Decision
from saas.refunds.watch.watch_models import QualityCheck
from saas.refunds.workflow import REFUND
from saas.tasks.models import Task

DECIDED = ("refund", "credit", "plan", "rejected")  # outcomes that say something about the rule; taken back does not


def _received() -> Any:
    """What came in under a refund's contract, VAT included."""
    return (
        select(func.coalesce(func.sum(Receipt.amount), 0))
        .where(Receipt.firm_id == Refund.firm_id, Receipt.contract_id == Refund.contract_id)
        .scalar_subquery()
    )


async def decisions(session: AsyncSession, since: datetime) -> list[Decision]:
    """Everything paid back in money and closed since a moment, with what its contract had brought in."""
    columns: list[Any] = [Refund.id, Refund.number, Refund.reason, Refund.client_id, Refund.preparer_id,
                          Refund.notice_on, Refund.amount, Refund.computed]  # fmt: skip
    query = (
        select(*columns, Contract.starts_on, Contract.ends_on, _received())
        .join(Contract, (Contract.firm_id == Refund.firm_id) & (Contract.id == Refund.contract_id))
        .where(of_this_firm(Refund), Refund.outcome == "refund", Refund.paid_at >= since)
        .order_by(Refund.reason, Refund.number)
    )
    return [
        Decision(
            id_, number, reason, client_id, preparer_id, starts_on, ends_on, notice_on, received, amount or Money(0),
            None not in (amount, computed) and amount != computed,
        )
        for (
            id_, number, reason, client_id, preparer_id, notice_on, amount, computed, starts_on, ends_on, received,
        ) in (await session.execute(query)).all()
    ]  # fmt: skip


async def rejected(session: AsyncSession, since: datetime) -> dict[str, int]:
    """Rejected requests by reason."""
    query = select(Refund.reason, func.count()).where(
        of_this_firm(Refund), Refund.outcome == "rejected", Refund.closed_at >= since
    )
    return {row[0]: row[1] for row in (await session.execute(query.group_by(Refund.reason))).all()}


@dataclass(frozen=True, slots=True)
class Sought:
    """What a precedent is looked for by; amounts are of what was asked."""

    reason: str = ""
    band: int | None = None
    least: Money | None = None
    most: Money | None = None
    outcome: str = ""


def _elapsed() -> ColumnElement[int]:
    """Percent of the service time that was over on the day of notice, as saas.refunds.watch.spread.band_of counts."""
    whole = func.greatest(Contract.ends_on - Contract.starts_on + 1, 1)
    part = func.greatest(Refund.notice_on - Contract.starts_on, 0)
    return func.least(sql_cast(part, Integer) * 100 / sql_cast(whole, Integer), 99)


async def precedents(
    session: AsyncSession, sought: Sought, *, place: Place | None = None, limit: int = 20
) -> Sequence[Row[Any]]:
    """(refund, contract's first and last day, received) of closed refunds, the newest first."""
    query = (
        select(Refund, Contract.starts_on, Contract.ends_on, _received())
        .join(Contract, (Contract.firm_id == Refund.firm_id) & (Contract.id == Refund.contract_id))
        .where(of_this_firm(Refund), Refund.closed_at.is_not(None), Refund.outcome.in_(DECIDED))
    )
    query = query.where(Refund.reason == sought.reason) if sought.reason else query
    query = query.where(Refund.outcome == sought.outcome) if sought.outcome else query
    query = query.where(Refund.asked >= sought.least) if sought.least is not None else query
    query = query.where(Refund.asked <= sought.most) if sought.most is not None else query
    if sought.band is not None:
        least, most = BANDS[sought.band]
        query = query.where(_elapsed() >= least, _elapsed() < most)
    if place is not None:
        query = query.where(
            or_(Refund.closed_at < place.moment, (Refund.closed_at == place.moment) & (Refund.id < place.id))
        )
    return (await session.execute(query.order_by(Refund.closed_at.desc(), Refund.id.desc()).limit(limit))).all()


async def names_around(session: AsyncSession, refunds: Sequence[Refund]) -> dict[UUID, set[str]]:
    """By refund: everybody and every company that its texts may name, except members of the firm."""
    ids, clients = [refund.id for refund in refunds], {refund.client_id for refund in refunds}
    names = {refund.id: {refund.payer, refund.requester_name} for refund in refunds}
    by_client: dict[UUID, set[str]] = {client: set() for client in clients}
    for row in (await session.scalars(select(Client).where(of_this_firm(Client), Client.id.in_(clients)))).all():
        by_client[row.id] |= {row.name, row.name_en, *row.shareholders}
    query = select(Contact).where(of_this_firm(Contact), Contact.client_id.in_(clients))
    for contact in (await session.scalars(query)).all():
        by_client[contact.client_id].add(contact.name)
    holders = select(Payee.refund_id, Payee.holder).where(of_this_firm(Payee), Payee.refund_id.in_(ids))
    for refund_id, holder in (await session.execute(holders)).all():
        names[refund_id].add(holder)
    for refund in refunds:
        names[refund.id] |= by_client[refund.client_id]
    return names


async def drawn_since(session: AsyncSession, since: datetime) -> int:
    query = select(func.count()).select_from(QualityCheck)
    return await session.scalar(query.where(of_this_firm(QualityCheck), QualityCheck.drawn_at >= since)) or 0


async def draw(session: AsyncSession, since: datetime, before: datetime, count: int) -> Sequence[UUID]:
    """Ids of so many refunds closed between two moments and not drawn yet, as the database's chance has it."""
    drawn = select(QualityCheck.refund_id).where(of_this_firm(QualityCheck))
    query = select(Refund.id).where(
        of_this_firm(Refund), Refund.closed_at >= since, Refund.closed_at < before, Refund.id.not_in(drawn)
    )
    return (await session.scalars(query.order_by(func.random()).limit(count))).all()


async def checks(session: AsyncSession, limit: int = 100) -> Sequence[tuple[QualityCheck, Refund]]:
    """The samples, unread ones first, then the newest."""
    query = (
        select(QualityCheck, Refund)
        .join(Refund, (Refund.firm_id == QualityCheck.firm_id) & (Refund.id == QualityCheck.refund_id))
        .where(of_this_firm(QualityCheck))
        .order_by(QualityCheck.checked_at.desc().nulls_first(), QualityCheck.drawn_at, QualityCheck.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in (await session.execute(query)).all()]


async def check(session: AsyncSession, check_id: UUID) -> QualityCheck:
    """One sample, locked; NotFound for any other id."""
    query = select(QualityCheck).where(of_this_firm(QualityCheck), QualityCheck.id == check_id)
    found: QualityCheck | None = await session.scalar(query.with_for_update())
    if found is None:
        raise NotFound()
    return found


async def took_part(session: AsyncSession, refund_id: UUID, member_id: UUID) -> bool:
    """Whether a member had a part in a refund: the database's own answer (guards.sql), for rule and trigger."""
    query = text("SELECT took_part_in_refund(:firm, :refund, :member)")
    given = {"firm": current_firm_id(), "refund": refund_id, "member": member_id}
    return bool((await session.execute(query, given)).scalar_one())


async def verdicts(session: AsyncSession) -> dict[UUID | None, tuple[int, int]]:
    """By preparer: (read again, of these with a fault)."""
    query = (
        select(Refund.preparer_id, func.count(), func.count().filter(QualityCheck.result == "fault"))
        .join(QualityCheck, (QualityCheck.firm_id == Refund.firm_id) & (QualityCheck.refund_id == Refund.id))
        .where(of_this_firm(QualityCheck), QualityCheck.checked_at.is_not(None))
        .group_by(Refund.preparer_id)
    )
    return {row[0]: (row[1], row[2]) for row in (await session.execute(query)).all()}


async def stage_times(session: AsyncSession, since: datetime) -> dict[str, tuple[int, int, int]]:
    """By state: (stays that ended, median and third quartile of working minutes)."""
    minutes = StageEntry.working_minutes
    query = select(
        StageEntry.state,
        func.count(),
        func.percentile_disc(0.5).within_group(minutes),
        func.percentile_disc(0.75).within_group(minutes),
    ).where(
        of_this_firm(StageEntry), StageEntry.workflow == REFUND.name, StageEntry.entered_at >= since,
        StageEntry.left_at.is_not(None),
    )  # fmt: skip
    rows = (await session.execute(query.group_by(StageEntry.state))).all()
    return {state: (n, median or 0, upper or 0) for state, n, median, upper in rows}


async def by_reason(session: AsyncSession, since: datetime, column: str) -> Sequence[Row[Any]]:
    """By reason, or by referral source: requests, asked, paid back, how many took something else, how many rejected."""
    key: Any = getattr(Refund, column)
    paid = func.coalesce(func.sum(Refund.amount).filter(Refund.outcome == "refund"), 0)
    query = select(
        key,
        func.count(),
        func.sum(Refund.asked),
        paid,
        func.count().filter(Refund.outcome.in_(("credit", "plan"))),
        func.count().filter(Refund.outcome == "rejected"),
    ).where(of_this_firm(Refund), Refund.opened_at >= since)
    return (await session.execute(query.group_by(key).order_by(func.count().desc()))).all()


async def tasks_of(session: AsyncSession, check_id: UUID) -> Sequence[Task]:
    """What asks somebody to read this sample."""
    query = select(Task).where(of_this_firm(Task), Task.subject_id == check_id, Task.done_at.is_(None))
    return (await session.scalars(query)).all()
