"""Clocks of retention at work: the nightly list of what is due, a manager's decision, and what is done.

Where the law only says "no longer than necessary" a manager agrees first; where it says delete, the nightly job
deletes. A firm may set its own time, effective from a day, but never less than the law's.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import tenancy
from saas.kernel.access import SYSTEM, Actor
from saas.kernel.audit import record
from saas.kernel.clock import CHINA
from saas.kernel.errors import Conflict, Invalid
from saas.kernel.i18n import _
from saas.kernel.months import months_after
from saas.privacy import queries
from saas.privacy.clocks import CLOCKS
from saas.privacy.models import RetentionBatch, RetentionRule
from saas.privacy.terms import term


def months_before(moment: datetime, months: int) -> datetime:
    """The same moment so many months earlier; the last day where the month is shorter."""
    return datetime.combine(months_after(moment.date(), -months), moment.timetz())


async def look(session: AsyncSession, now: datetime) -> None:
    """List what is due of each kind; what the law decides is done at once, the rest waits for a manager."""
    today = now.astimezone(CHINA).date()
    rules, open_kinds = await queries.rules(session, today), await _open_kinds(session)
    for kind, clock in CLOCKS.items():
        if clock.work is None or kind in open_kinds or await _listed(session, kind, today):
            continue
        count = await clock.work.count(session, months_before(now, _months(kind, today, rules)))
        if not count:
            continue
        batch = RetentionBatch(kind=kind, until_on=today, count=count, listed_at=now)
        session.add(batch)
        if clock.decided == "law":
            await carry_out(session, batch, SYSTEM, now)


async def carry_out(session: AsyncSession, batch: RetentionBatch, actor: Actor, now: datetime) -> None:
    """Delete or empty what was due when it was listed. Conflict when it was decided already."""
    if batch.decided_at is not None:
        raise Conflict(_("This was decided already."))
    work = CLOCKS[batch.kind].work
    if work is None:
        raise Conflict(_("This kind is kept."))
    months = _months(batch.kind, batch.until_on, await queries.rules(session, batch.until_on))
    batch.done = await work.end(session, months_before(batch.listed_at, months))
    batch.decided_by, batch.decided_at, batch.done_at = actor.id, now, now
    await session.flush()
    record(session, actor, "privacy.retain", now, subject=batch, kind=batch.kind, done=batch.done)


def keep(session: AsyncSession, batch: RetentionBatch, actor: Actor, why: str, now: datetime) -> None:
    """Not now, for a reason: a dispute, an inspection. The nightly job lists it again on a later day."""
    if batch.decided_at is not None:
        raise Conflict(_("This was decided already."))
    batch.decided_by, batch.decided_at, batch.kept_because = actor.id, now, why
    record(session, actor, "privacy.keep", now, subject=batch, kind=batch.kind, reason=why)


def allowed(kind: str, months: int, day: date) -> None:
    """Invalid where the firm's own time is shorter than the law's, or the kind is none of a firm's."""
    if kind not in CLOCKS or CLOCKS[kind].decided == "product":
        raise Invalid(fields={"kind": _("This cannot be taken: please choose or correct it.")})
    least = term(kind, day).least
    if months < least:
        raise Invalid(fields={"months": _("At least %(n)s months: the law asks for it.", n=least)})


async def table(session: AsyncSession, today: date) -> list[dict[str, Any]]:
    """Every clock as the page shows it: months, source, and of what is kept until when the oldest is, at the least."""
    rules = await queries.rules(session, today)
    lines = []
    for kind, clock in CLOCKS.items():
        oldest = await clock.oldest(session) if clock.oldest is not None else None
        months = _months(kind, today, rules)
        until = date(oldest.year + months // 12, 12, 31) if oldest is not None else None
        lines.append({"kind": kind, "clock": clock, "source": term(kind, today).text, "months": months, "until": until})
    return lines


def _months(kind: str, day: date, rules: dict[str, RetentionRule]) -> int:
    """The firm's own time, the law's where it has none or the law has come to ask for more."""
    law = term(kind, day)
    return max(rules[kind].months, law.least) if kind in rules else law.months


async def _open_kinds(session: AsyncSession) -> set[str]:
    mine = (RetentionBatch.firm_id == tenancy.current_firm_id(), RetentionBatch.decided_at.is_(None))
    return set((await session.scalars(select(RetentionBatch.kind).where(*mine))).all())


async def _listed(session: AsyncSession, kind: str, day: date) -> bool:
    mine = (RetentionBatch.firm_id == tenancy.current_firm_id(), RetentionBatch.kind == kind)
    return await session.scalar(select(RetentionBatch.id).where(*mine, RetentionBatch.until_on == day)) is not None
