"""perform(): the one function that changes state. Lock, check, do, set, write down, all in one transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.audit import AuditEntry
from saas.kernel.calendar import Calendar
from saas.kernel.errors import Conflict, Forbidden, FreshSignInNeeded, Missing
from saas.kernel.i18n import _
from saas.kernel.module import Event, Transition, composition
from saas.kernel.outbox import enqueue
from saas.kernel.rows import own_row
from saas.kernel.stages import StageEntry, stay
from saas.kernel.standing import as_of, require_second_factor
from saas.kernel.workflow import Action, Deed, Workflow, duration, refusal_of

CalendarProvider = Callable[[AsyncSession], Awaitable[Calendar]]
PaceProvider = Callable[[AsyncSession, Workflow, Any], Awaitable[int]]
_calendar_of: CalendarProvider | None = None
_pace_of: PaceProvider | None = None


def provide_calendar(provider: CalendarProvider) -> None:
    """firms tells the kernel how to find the acting firm's working calendar."""
    global _calendar_of
    _calendar_of = provider


async def calendar_of(session: AsyncSession) -> Calendar:
    if _calendar_of is None:
        raise RuntimeError("no module provides the working calendar")
    return await _calendar_of(session)


def provide_pace(provider: PaceProvider) -> None:
    """services tells the kernel in how many percent of a workflow's time the client of a row is served (1–100)."""
    global _pace_of
    _pace_of = provider


async def start(
    session: AsyncSession,
    workflow: Workflow,
    row: Any,
    actor: Actor,
    *,
    now: datetime | None = None,
    timeline: bool = True,
    **detail: Any,
) -> Any:
    """Put a new row into its workflow's first state; `timeline=False` where hundreds begin at once."""
    deed = Deed(actor, now or clock.now(), detail=detail)
    session.add(row)
    row.entered_at = deed.now
    await session.flush()
    await _enter(session, workflow, row, workflow.initial, deed)
    await _tell(session, workflow, row, "start", "", f"{workflow.name}.started", deed, timeline=timeline)
    return row


async def perform(
    session: AsyncSession,
    workflow: Workflow,
    row_id: UUID,
    name: str,
    actor: Actor,
    form: Any = None,
    *,
    now: datetime | None = None,
) -> Any:
    """Do the action called `name` to the row, or raise Missing, Conflict, Forbidden or FreshSignInNeeded.

    Actions marked by="system" skip the permission: only code can reach them, never a route.
    """
    row = await locked(session, workflow, row_id)
    action = _from_here(workflow, name, row)
    deed = Deed(actor, now or clock.now(), form)
    if workflow.facts is not None:
        deed.facts = await workflow.facts(session, row)
    await _check(session, action, workflow, row, deed)
    source = row.state
    action.verb(row, deed)
    session.add_all(deed.new)
    target = action.choose(row, deed) if action.choose else (action.to or source)
    if target != source:
        await _leave(session, workflow, row, deed.now)
        await _enter(session, workflow, row, str(target), deed)
    await session.flush()
    await _tell(session, workflow, row, name, source, action.emits, deed, timeline=action.timeline)
    return row


async def locked(session: AsyncSession, workflow: Workflow, row_id: UUID) -> Any:
    """The row, locked until the transaction ends, as it is in the database now; Missing for a stranger's."""
    return await own_row(session, workflow.row, row_id, lock=True)


def _from_here(workflow: Workflow, name: str, row: Any) -> Action:
    arrows = workflow.named(name)
    if not arrows:
        raise Missing()
    action = next((a for a in arrows if row.state in a.source), None)
    if action is None:
        raise Conflict(
            _(
                "“%(action)s” is not possible any more: this record is now “%(state)s”. Nothing was changed.",
                action=arrows[0].label,
                state=workflow.state(row.state).label,
            ),
            action=f"{workflow.name}.{name}",
            subject_id=row.id,
        )
    return action


async def _check(session: AsyncSession, action: Action, workflow: Workflow, row: Any, deed: Deed) -> None:
    attempt = {"action": f"{workflow.name}.{action.name}", "subject_id": row.id}
    if action.by == "member" and not deed.actor.may(action.permission):
        raise Forbidden(_("Your role does not allow “%(action)s”.", action=action.label), **attempt)
    if action.qualification:  # as it stands now: what was there when the page was shown may have ended meanwhile
        deed.actor = await as_of(session, deed.actor, deed.now)
    reason = refusal_of(action, row, deed)
    if reason is not None:
        raise Forbidden(reason, **attempt)
    if action.fresh_sign_in:
        await require_second_factor(session, deed.actor)
        if not deed.actor.is_fresh(deed.now):
            raise FreshSignInNeeded()


async def _leave(session: AsyncSession, workflow: Workflow, row: Any, now: datetime) -> None:
    calendar = await calendar_of(session)
    minutes = calendar.working_minutes(row.entered_at, now)
    pauses = workflow.state(row.state).pauses
    query = select(StageEntry).where(
        StageEntry.firm_id == row.firm_id, StageEntry.subject_id == row.id, StageEntry.left_at.is_(None)
    )
    entry = await session.scalar(query)
    if entry is not None:
        entry.left_at = now
        entry.working_minutes = minutes
        entry.paused_minutes = minutes if pauses else 0
        await session.flush()
    if pauses and row.due_at is not None:
        row.due_at = due_after_pause(workflow, row, calendar, minutes)


async def _enter(session: AsyncSession, workflow: Workflow, row: Any, state: str, deed: Deed) -> None:
    calendar = await calendar_of(session)
    row.state = state
    row.entered_at = deed.now
    row.calendar_version = calendar.version
    stage = await _paced(session, workflow, row, state, duration(workflow.state(state).within, row))
    row.stage_due_at = calendar.add_minutes(deed.now, stage)[0] if stage is not None else None
    whole = duration(workflow.within, row)
    if row.due_at is None and whole is not None:
        whole = await _paced(session, workflow, row, state, whole) or whole
        row.due_at = _bounded(workflow, row, calendar.add_minutes(deed.now, whole)[0])
    session.add(stay(workflow, row, deed.actor.id))


async def _paced(session: AsyncSession, workflow: Workflow, row: Any, state: str, minutes: int | None) -> int | None:
    """Our own time shortens with the pace; the client's time to answer never does."""
    if minutes is None or _pace_of is None or workflow.state(state).responsible in ("client", "system"):
        return minutes
    return max(1, minutes * await _pace_of(session, workflow, row) // 100)


def due_after_pause(workflow: Workflow, row: Any, calendar: Calendar, minutes: int) -> datetime:
    """When the record is due, were its pause of so many working minutes to end now: later, never past its guard."""
    return _bounded(workflow, row, calendar.add_minutes(row.due_at, minutes)[0])


def _bounded(workflow: Workflow, row: Any, due: datetime) -> datetime:
    guard = workflow.no_later_than(row) if workflow.no_later_than else None
    return min(due, guard) if guard is not None else due


async def _tell(
    session: AsyncSession,
    workflow: Workflow,
    row: Any,
    name: str,
    source: str,
    event: str,
    deed: Deed,
    *,
    timeline: bool,
) -> None:
    """Audit entry, observers, then the reactions of later modules."""
    session.add(
        AuditEntry(
            at=deed.now,
            actor_kind=deed.actor.audited_as,
            actor_id=deed.actor.id,
            actor_name=deed.actor.name,
            action=f"{workflow.name}.{name}",
            subject_kind=workflow.name,
            subject_id=row.id,
            client_id=row.subject_client_id,
            from_state=source,
            to_state=row.state,
            timeline=timeline,
            detail=deed.detail,
        )
    )
    step = Transition(workflow, row, name, source, row.state, deed.actor, deed.now)
    for observe in composition().observers:
        await observe(session, step)
    if event:
        await tell(session, Event(event, row, deed.actor, deed.now, deed.detail))


async def tell(session: AsyncSession, event: Event) -> None:
    """Let every later module react: in this transaction for state, through the outbox for effects."""
    for reaction in composition().reactions.get(event.name, ()):
        if reaction.run is not None:
            await reaction.run(session, event)
        if reaction.job:
            enqueue(session, reaction.job, subject_id=event.row.id)
    await session.flush()
