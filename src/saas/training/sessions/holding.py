"""What happens to a team session: planned, people invited, held with attendance and credits, or called off."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert as plain_insert
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.notifications import notify
from saas.kernel import clock, tenancy
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict, Forbidden
from saas.kernel.i18n import Both, Text, _
from saas.kernel.identifiers import uuid7
from saas.kernel.module import Event, Holding
from saas.kernel.pages import show_datetime
from saas.kernel.tenancy import of_this_firm
from saas.tasks.models import Task
from saas.training.credits.ledger import book
from saas.training.duty_models import Attendance, TeamSession
from saas.training.sessions import session_queries

KIND = "team_session"
ATTEND = _("Attend the session")


def titled(held: TeamSession) -> Text:
    return Both(held.title["zh"], held.title["en"])


def url_of(held: TeamSession) -> str:
    return f"/training/sessions/{held.id}"


async def plan(session: AsyncSession, held: TeamSession, actor: Actor, now: datetime) -> None:
    session.add(held)
    await session.flush()
    record(session, actor, "training.session", now, subject=held, title=held.title["zh"])


async def invite(session: AsyncSession, held: TeamSession, member_ids: Collection[UUID], now: datetime) -> int:
    """How many are new: they get a task in My work and are told."""
    _refuse_over(held)
    if not member_ids:
        return 0
    firm_id = tenancy.current_firm_id()
    rows = [{"firm_id": firm_id, "id": uuid7(), "session_id": held.id, "member_id": who} for who in set(member_ids)]
    query = insert(Attendance).on_conflict_do_nothing(index_elements=["firm_id", "session_id", "member_id"])
    new = (await session.scalars(query.returning(Attendance.member_id), rows)).all()
    if not new:
        return 0
    common = {"firm_id": firm_id, "subject_kind": KIND, "subject_id": held.id, "title": titled(held), "step": ATTEND,
              "url": url_of(held), "created_at": now, "due_at": held.held_at}  # fmt: skip
    await session.execute(plain_insert(Task), [{**common, "id": uuid7(), "assignee_id": who} for who in new])
    words = _("Team session on %(day)s: %(title)s", day=show_datetime(held.held_at), title=titled(held))
    await notify(session, new, "course", words, url_of(held), now)
    return len(new)


async def close(
    session: AsyncSession, held: TeamSession, present: Collection[UUID], notes: str, actor: Actor, now: datetime
) -> None:
    """It was held: who was there is final, and they have its credits."""
    if held.closed_at is not None:
        return
    _refuse_over(held)
    if held.held_at > now:
        raise Conflict(_("It has not begun yet: attendance is noted when it was held."))
    rows = await session_queries.invited(session, held.id)
    for row in rows:
        row.present, row.noted_by, row.noted_at = row.member_id in present, actor.id, now
    await session.flush()
    held.closed_at, held.notes = now, notes or held.notes
    earned_on = held.held_at.astimezone(clock.CHINA).date()
    there = [row.member_id for row in rows if row.present]
    if held.credits:
        await book(session, there, "session", held.id, held.title, held.credits, held.subject, earned_on, now)
    await _end_tasks(session, held, actor, now)
    record(session, actor, "training.session_held", now, subject=held, title=held.title["zh"], present=len(there))


async def call_off(session: AsyncSession, held: TeamSession, reason: str, actor: Actor, now: datetime) -> None:
    if held.called_off_at is not None:
        return
    _refuse_over(held)
    held.called_off_at, held.called_off_why = now, reason
    await _end_tasks(session, held, actor, now)
    people = [row.member_id for row in await session_queries.invited(session, held.id)]
    words = _("Called off: %(title)s (%(reason)s)", title=titled(held), reason=reason)
    await notify(session, people, "course", words, url_of(held), now)
    record(session, actor, "training.session_off", now, subject=held, title=held.title["zh"], reason=reason)


def add_files(held: TeamSession, files: Sequence[dict[str, Any]]) -> None:
    """Materials; the same file once."""
    known = {file["sha256"] for file in held.files}
    held.files = [*held.files, *(file for file in files if file["sha256"] not in known)]


async def holdings(session: AsyncSession, member_id: UUID) -> Sequence[Holding]:
    return [Holding(_("Team sessions to lead"), len(await session_queries.led_by(session, member_id)))]


async def follow_leaving(session: AsyncSession, event: Event) -> None:
    for held in await session_queries.led_by(session, UUID(event.detail["member_id"])):
        held.led_by = UUID(event.detail["to_id"])


def _refuse_over(held: TeamSession) -> None:
    if held.called_off_at is not None:
        raise Forbidden(_("This session was called off."))
    if held.closed_at is not None:
        raise Conflict(_("The session was held; its attendance is final."))


async def _end_tasks(session: AsyncSession, held: TeamSession, actor: Actor, now: datetime) -> None:
    query = select(Task).where(of_this_firm(Task), Task.subject_id == held.id, Task.done_at.is_(None))
    for task in (await session.scalars(query)).all():
        task.finish(now, actor.id)
