"""A record's page begins the same everywhere: where it stands, whose turn, by when, what may be done, what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.access import ROLES, Actor
from saas.kernel.audit import AuditEntry
from saas.kernel.calendar import Calendar
from saas.kernel.i18n import Text, _, reader
from saas.kernel.module import composition
from saas.kernel.pages import show_date, show_datetime, working_time
from saas.kernel.perform import calendar_of, due_after_pause
from saas.kernel.stages import StageEntry
from saas.kernel.workflow import Deed, Offer, State, Workflow

TURNS = {
    "client": _("The client’s turn"),
    "system": _("Qingzhang’s turn"),
    "assignee": _("Its owner’s turn"),
}


@dataclass(frozen=True, slots=True)
class RecordView:
    """What templates/records/_lead.html and _timeline.html show."""

    workflow: Workflow
    row: Any
    steps: list[dict[str, Any]]
    turn: Text
    mine: bool
    state: State
    clock: dict[str, Any] | None
    offers: Sequence[Offer]
    timeline: list[dict[str, Any]]

    @property
    def primary(self) -> Offer | None:
        """The one button of the next-step bar."""
        return next((o for o in self.offers if o.action.tone == "primary"), None)

    @property
    def others(self) -> list[Offer]:
        return [o for o in self.offers if o is not self.primary]


async def view(session: AsyncSession, workflow: Workflow, row: Any, actor: Actor, now: datetime) -> RecordView:
    """Everything the head of a record's page needs, in three queries and the workflow's facts."""
    deed = Deed(actor, now)
    if workflow.facts is not None:
        deed.facts = await workflow.facts(session, row)
    happened = await history(session, row.id)
    state = workflow.state(row.state)
    owner = workflow.assignee(row) if workflow.assignee else None
    mine = owner == actor.id if state.responsible == "assignee" else state.responsible in actor.roles
    return RecordView(
        workflow,
        row,
        _steps(workflow, row, happened),
        _turn(state.responsible, mine),
        mine,
        state,
        await _clock(session, workflow, row, now) if not state.final else None,
        workflow.offers(row, deed),
        [_entry(workflow, entry) for entry in reversed(happened)],
    )


async def history(session: AsyncSession, subject_id: Any) -> Sequence[AuditEntry]:
    """What was done to one record, in order; denied attempts are for the audit page, not for here."""
    query = select(AuditEntry).where(AuditEntry.subject_id == subject_id, AuditEntry.outcome == "done")
    return (await session.scalars(query.order_by(AuditEntry.at, AuditEntry.position))).all()


def _turn(responsible: str, mine: bool) -> Text:
    if mine:
        return _("Your turn")
    if not responsible:
        return _("Closed")
    return TURNS.get(responsible) or _("The turn of: %(role)s", role=ROLES[responsible])


def _steps(workflow: Workflow, row: Any, happened: Sequence[AuditEntry]) -> list[dict[str, Any]]:
    """The stepper: states that share a step are one node; done ones say who and when they were left."""
    order = list(dict.fromkeys(s.step for s in workflow.states if s.step is not None))
    current = workflow.state(row.state)
    here = order.index(current.step) if current.step in order else len(order) - 1
    entered = {workflow.state(e.to_state).step: e for e in happened if e.to_state and e.to_state != e.from_state}
    furthest = max((order.index(s) for s in entered if s in order and order.index(s) < here), default=-1)
    steps = []
    for index, label in enumerate(order):
        skipped = current.final and furthest < index < here  # ended before it came to that
        done = (index < here or current.final) and not skipped
        left_by = next((entered[later] for later in order[index + 1 :] if later in entered), None)
        entry = left_by if done and left_by is not None else entered.get(label)
        note = f"{_who(entry)} {_short_date(entry.at)}".strip() if entry is not None and done else ""
        steps.append(
            {"label": label, "state": "done" if done else "current" if index == here else "future", "note": note}
        )
    return steps


async def _clock(session: AsyncSession, workflow: Workflow, row: Any, now: datetime) -> dict[str, Any] | None:
    """Working time left of the whole, what was used, and what was spent waiting; it stands still while it waits."""
    if row.due_at is None:
        return None
    calendar = await calendar_of(session)
    query = select(StageEntry).where(StageEntry.firm_id == row.firm_id, StageEntry.subject_id == row.id)
    stays = (await session.scalars(query)).all()
    running = sum(calendar.working_minutes(s.entered_at, now) for s in stays if s.left_at is None)
    waiting = running if workflow.state(row.state).pauses else 0
    paused = sum(s.paused_minutes or 0 for s in stays) + waiting
    used = sum(s.working_minutes or 0 for s in stays) + running - paused
    due = due_after_pause(workflow, row, calendar, waiting)
    left = _left(calendar, due, now)
    whole = max(used + paused + max(left, 0), 1)
    return {
        "left": working_time(left),
        "due": show_datetime(due),
        "tone": "red" if left < 0 else "amber" if left * 4 < whole else "",
        "segments": [("used", 100 * used // whole), ("paused", 100 * paused // whole)],
        "used": _("used %(time)s", time=working_time(used)),
        "pause": _("paused %(time)s, waiting for the client", time=working_time(paused)) if paused else "",
    }


def _left(calendar: Calendar, due: datetime, now: datetime) -> int:
    return calendar.working_minutes(now, due) if due >= now else -calendar.working_minutes(due, now)


def _entry(workflow: Workflow, entry: AuditEntry) -> dict[str, Any]:
    """One line of the timeline: people's decisions in the accent, pauses violet, the system grey."""
    name = entry.action.partition(".")[2]
    arrows = workflow.named(name) if entry.subject_kind == workflow.name else []
    state = workflow.state(entry.to_state) if entry.to_state else None
    known = composition().deeds.get(entry.action) or (_("Opened") if name == "start" else Text(entry.action))
    words: Text = arrows[0].label if arrows else known
    return {
        "icon": state.icon if state else "edit",
        "tone": "violet" if state and state.pauses else "accent" if entry.actor_kind == "member" else "",
        "who": _who(entry),
        "what": words,
        "when": show_datetime(entry.at),
        "detail": entry.detail.get("reason") or entry.detail.get("summary") or "",
    }


def _short_date(moment: datetime) -> str:
    """11-22, or 22 Nov: the year is known from the rest of the page."""
    day = show_date(moment)
    return day[:-5] if reader() == "en" else day[5:]


def _who(entry: AuditEntry) -> str:
    """Nobody where the product did it by itself."""
    return entry.actor_name if entry.actor_kind != "system" else ""
