"""What the operator does to a firm: its plan, suspending, resuming, closing, retrying its jobs. Each in its audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.models import FirmProfile
from saas.kernel import clock, tenancy
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.db import acting_in
from saas.kernel.directory import Firm
from saas.kernel.errors import Conflict, Missing
from saas.kernel.i18n import _
from saas.kernel.module import Event
from saas.kernel.outbox import Outbox, enqueue
from saas.operations.models import Subscription, UsageTotal
from saas.operations.plans import MEASURES, catalogue


@dataclass(frozen=True, slots=True)
class Known:
    """A firm as the operator knows it: the directory, its plan, its totals."""

    firm: Firm
    subscription: Subscription | None
    totals: UsageTotal | None

    @property
    def standing(self) -> str:
        if self.firm.closed_at is not None:
            return "closed"
        return "suspended" if self.firm.suspended_at is not None else self.firm.kind


async def known(session: AsyncSession, text: str = "", *, closed: bool = False) -> list[Known]:
    """Every firm whose name or address contains the text, by address; sandboxes are their firms' own affair."""
    query = (
        select(Firm, Subscription, UsageTotal)
        .outerjoin(Subscription, Subscription.id == Firm.id)
        .outerjoin(UsageTotal, UsageTotal.id == Firm.id)
        .where(Firm.kind != "sandbox")
        .order_by(Firm.slug)
    )
    if not closed:
        query = query.where(Firm.closed_at.is_(None))
    if text:
        query = query.where(Firm.name.icontains(text, autoescape=True) | Firm.slug.icontains(text, autoescape=True))
    return [Known(*row) for row in (await session.execute(query)).all()]


async def one(session: AsyncSession, firm_id: UUID) -> Known:
    """One firm, closed or not; Missing where there is none."""
    firm = await session.get(Firm, firm_id, with_for_update={"of": Firm})
    if firm is None:
        raise Missing()
    return Known(firm, await session.get(Subscription, firm_id), await session.get(UsageTotal, firm_id))


async def begin(session: AsyncSession, event: Event) -> None:
    """A firm that signs up begins with the catalogue's first plan; demo firms and sandboxes have none."""
    firm = await session.get(Firm, tenancy.current_firm_id())
    plan = catalogue().on(catalogue().begins_with, event.now.astimezone(clock.CHINA).date())
    if firm is None or firm.kind != "live" or plan is None:
        return
    await _give(session, firm, plan.key, event.now)


async def give_plan(session: AsyncSession, firm: Firm, key: str, actor: Actor, now: datetime, **extra: int) -> None:
    """Put the firm on a plan, with limits agreed for it alone. Conflict for a plan that does not exist today."""
    if catalogue().on(key, now.astimezone(clock.CHINA).date()) is None:
        raise Conflict(_("There is no plan “%(key)s” today.", key=key))
    before = await session.get(Subscription, firm.id)
    was = before.plan if before is not None else ""
    row = await _give(session, firm, key, now)
    row.extra = {measure: limit for measure, limit in extra.items() if measure in MEASURES}
    await _note(session, firm, actor, "operations.plan", now, tell="plan", plan=key, before=was, **row.extra)


async def _give(session: AsyncSession, firm: Firm, key: str, now: datetime) -> Subscription:
    day = now.astimezone(clock.CHINA).date()
    plan = catalogue().on(key, day)
    days = plan.days if plan is not None else None
    row = await session.get(Subscription, firm.id)
    if row is None:
        row = Subscription(id=firm.id)
        session.add(row)
    row.plan, row.since, row.changed_at = key, day, now
    row.ends_on = day + timedelta(days=days) if days is not None else None
    row.wanted_plan, row.wanted_note, row.wanted_at = "", "", None
    return row


async def suspend(session: AsyncSession, firm: Firm, reason: str, actor: Actor, now: datetime) -> None:
    """From the next request on its people only export; its jobs wait. Twice changes nothing."""
    if firm.suspended_at is not None or firm.closed_at is not None:
        return
    firm.suspended_at, firm.suspended_for = now, reason
    await _note(session, firm, actor, "operations.suspend", now, tell="suspended", reason=reason)


async def resume(session: AsyncSession, firm: Firm, actor: Actor, now: datetime) -> None:
    """Everything goes on, the jobs that waited first."""
    if firm.suspended_at is None:
        return
    firm.suspended_at = firm.suspended_for = None
    await _note(session, firm, actor, "operations.resume", now, tell="resumed")


async def close(session: AsyncSession, firm: Firm, actor: Actor, now: datetime) -> None:
    """Nobody enters any more; the data stays until it is erased (`saas firm erase`). Twice changes nothing."""
    if firm.closed_at is None:
        await _note(session, firm, actor, "operations.close", now)
        firm.closed_at = now


async def retry(
    session: AsyncSession, firm: Firm, actor: Actor, now: datetime, ids: Sequence[UUID] = (), job: str = ""
) -> list[UUID]:
    """Try a firm's dead and failing jobs again at once (all, those of one name, or these); which they were."""
    async with acting_in(session, tenancy.firm(firm.id)):
        stuck = [
            Outbox.firm_id == firm.id,
            Outbox.finished_at.is_(None),
            Outbox.last_error != "",
            or_(Outbox.dead, Outbox.attempts > 0),
        ]
        stuck += [Outbox.id.in_(ids)] if ids else []
        stuck += [Outbox.job == job] if job else []
        again = update(Outbox).where(*stuck).values(dead=False, attempts=0, due_at=now, rung_at=None, started_at=None)
        found = list(await session.scalars(again.returning(Outbox.id)))
        if found:
            record(session, actor, "operations.retry", now, rows=len(found), code=job)
    return found


async def _note(
    session: AsyncSession, firm: Firm, actor: Actor, deed: str, now: datetime, *, tell: str = "", **detail: Any
) -> None:
    """Into the firm's own audit trail, and where its owner should hear of it, by mail."""
    async with acting_in(session, tenancy.firm(firm.id)):
        profile = await session.get(FirmProfile, (firm.id, firm.id))
        record(session, actor, deed, now, subject=profile, **detail)
        if tell:
            enqueue(session, "operations.tell_owner", what=tell)
