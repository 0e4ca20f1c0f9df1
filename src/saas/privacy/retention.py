"""Clocks of retention: how long each kind of record is kept, what is due, and what is done about it.

Where the law only says "no longer than necessary" a manager agrees first; where it says delete, the nightly job
deletes. A firm may set its own time, effective from a day, but never less than the law's.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Contact
from saas.firms.models import Invitation, Notification
from saas.kernel import tenancy
from saas.kernel.access import SYSTEM, Actor
from saas.kernel.audit import record
from saas.kernel.clock import CHINA
from saas.kernel.errors import Conflict, Invalid
from saas.kernel.i18n import Text, _
from saas.kernel.outbox import Outbox
from saas.privacy import queries
from saas.privacy.models import DataRequest, RetentionBatch
from saas.privacy.people import ERASED
from saas.services.sources.source_models import Lead

Due = Callable[[datetime], ColumnElement[bool]]
YEAR = 12  # months


@dataclass(frozen=True, slots=True)
class Clock:
    """One kind of record. `least` and `months` in months; `by_law`: done without asking; None: never deleted here."""

    label: Text
    source: Text
    least: int
    months: int
    by_law: bool = False
    due: Due | None = None
    end: Callable[[AsyncSession, ColumnElement[bool]], Awaitable[int]] | None = None
    row: Any = None


async def _delete(session: AsyncSession, row: Any, due: ColumnElement[bool]) -> int:
    done: Any = await session.execute(delete(row).where(row.firm_id == tenancy.current_firm_id(), due))
    return int(done.rowcount)


def _deleting(row: Any) -> Callable[[AsyncSession, ColumnElement[bool]], Awaitable[int]]:
    async def end(session: AsyncSession, due: ColumnElement[bool]) -> int:
        return await _delete(session, row, due)

    return end


def _emptying(row: Any, **values: str) -> Callable[[AsyncSession, ColumnElement[bool]], Awaitable[int]]:
    async def end(session: AsyncSession, due: ColumnElement[bool]) -> int:
        mine = (row.firm_id == tenancy.current_firm_id(), due)
        done: Any = await session.execute(update(row).where(*mine).values(**values))
        return int(done.rowcount)

    return end


CLOCKS: dict[str, Clock] = {
    "archives": Clock(
        _("Vouchers, books, notices and handover lists"),
        _("Measures on Accounting Archives (会计档案管理办法), annex 1: 30 years"), 30 * YEAR, 30 * YEAR,
    ),
    "statements": Clock(
        _("Bank statements and tax returns"),
        _("Measures on Accounting Archives (会计档案管理办法), annex 1: 10 years"), 10 * YEAR, 10 * YEAR,
    ),
    "trail": Clock(
        _("Audit trail"), _("Kept with the archives it proves: 30 years"), 30 * YEAR, 30 * YEAR,
    ),
    "invitations": Clock(
        _("Invitations that ended"), _("PIPL art. 47(1)(1): the purpose is achieved"), 1, 3, by_law=True,
        due=lambda before: Invitation.expires_at < before, end=_deleting(Invitation), row=Invitation,
    ),
    "jobs": Clock(
        _("Finished jobs"), _("PIPL art. 19: no longer than necessary"), 1, 3, by_law=True,
        due=lambda before: Outbox.finished_at < before, end=_deleting(Outbox), row=Outbox,
    ),
    "notifications": Clock(
        _("Notifications that were read"), _("PIPL art. 19: no longer than necessary"), 1, YEAR, by_law=True,
        due=lambda before: Notification.read_at < before, end=_deleting(Notification), row=Notification,
    ),
    "contacts": Clock(
        _("Contacts who left"),
        _("PIPL arts. 19 and 47; Civil Code art. 188: claims end after 3 years"), 3 * YEAR, 3 * YEAR,
        due=lambda before: (Contact.left_at < before) & (Contact.name != ERASED),
        end=_emptying(Contact, name=ERASED, title="", email="", phone="", wechat="", hours="", wishes=""), row=Contact,
    ),
    "leads": Clock(
        _("Enquiries that came to nothing"), _("PIPL art. 19: no longer than necessary"), 6, YEAR,
        due=lambda before: (Lead.closed_at < before) & Lead.client_id.is_(None) & (Lead.contact != ERASED),
        end=_emptying(Lead, contact=ERASED, phone=""), row=Lead,
    ),
    "requests": Clock(
        _("Requests of people that were answered"), _("PIPL art. 56: records at least 3 years"), 3 * YEAR, 3 * YEAR,
        due=lambda before: DataRequest.answered_at < before, end=_deleting(DataRequest), row=DataRequest,
    ),
}  # fmt: skip


def months_before(moment: datetime, months: int) -> datetime:
    """The same moment so many months earlier; the last day where the month is shorter."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    day = min(moment.day, [31, 29 if year % 4 == 0 else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month])
    return moment.replace(year=year, month=month + 1, day=day)


async def look(session: AsyncSession, now: datetime) -> None:
    """List what is due of each kind; what the law decides is done at once, the rest waits for a manager."""
    today = now.astimezone(CHINA).date()
    rules, open_kinds = await queries.rules(session, today), await _open_kinds(session)
    for kind, clock in CLOCKS.items():
        if clock.due is None or kind in open_kinds:
            continue
        months = rules[kind].months if kind in rules else clock.months
        count = await _count(session, clock, months_before(now, months))
        if not count or await _listed(session, kind, today):
            continue
        batch = RetentionBatch(kind=kind, until_on=today, count=count, listed_at=now)
        session.add(batch)
        if clock.by_law:
            await carry_out(session, batch, SYSTEM, now)


async def carry_out(session: AsyncSession, batch: RetentionBatch, actor: Actor, now: datetime) -> None:
    """Delete or empty what was due when it was listed. Conflict when it was decided already."""
    if batch.decided_at is not None:
        raise Conflict(_("This was decided already."))
    clock = CLOCKS[batch.kind]
    if clock.due is None or clock.end is None:
        raise Conflict(_("This kind is kept."))
    rules = await queries.rules(session, batch.until_on)
    months = rules[batch.kind].months if batch.kind in rules else clock.months
    batch.done = await clock.end(session, clock.due(months_before(batch.listed_at, months)))
    batch.decided_by, batch.decided_at, batch.done_at = actor.id, now, now
    await session.flush()
    record(session, actor, "privacy.retain", now, subject=batch, kind=batch.kind, done=batch.done)


def keep(session: AsyncSession, batch: RetentionBatch, actor: Actor, why: str, now: datetime) -> None:
    """Not now, for a reason: a dispute, an inspection. The nightly job lists it again on a later day."""
    if batch.decided_at is not None:
        raise Conflict(_("This was decided already."))
    batch.decided_by, batch.decided_at, batch.kept_because = actor.id, now, why
    record(session, actor, "privacy.keep", now, subject=batch, kind=batch.kind, reason=why)


def allowed(kind: str, months: int) -> None:
    """Invalid where the firm's own time is shorter than the law's."""
    clock = CLOCKS.get(kind)
    if clock is None or months < clock.least:
        least = clock.least if clock is not None else 0
        raise Invalid(fields={"months": _("At least %(n)s months: the law asks for it.", n=least)})


async def _count(session: AsyncSession, clock: Clock, before: datetime) -> int:
    if clock.due is None:
        return 0
    mine = (clock.row.firm_id == tenancy.current_firm_id(), clock.due(before))
    return await session.scalar(select(func.count()).select_from(clock.row).where(*mine)) or 0


async def _open_kinds(session: AsyncSession) -> set[str]:
    mine = (RetentionBatch.firm_id == tenancy.current_firm_id(), RetentionBatch.decided_at.is_(None))
    return set((await session.scalars(select(RetentionBatch.kind).where(*mine))).all())


async def _listed(session: AsyncSession, kind: str, day: date) -> bool:
    mine = (RetentionBatch.firm_id == tenancy.current_firm_id(), RetentionBatch.kind == kind)
    return await session.scalar(select(RetentionBatch.id).where(*mine, RetentionBatch.until_on == day)) is not None
