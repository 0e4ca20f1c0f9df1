"""My work: what is due, grouped by when, the most urgent item first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import Membership
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.calendar import Calendar
from saas.kernel.i18n import Text, _
from saas.kernel.module import composition
from saas.kernel.pages import Db, Req, actor_of, address_in, local, page, show_date, to
from saas.kernel.perform import calendar_of
from saas.tasks import queries
from saas.tasks.models import Task


@dataclass(frozen=True, slots=True)
class Line:
    """A task as the list shows it: how much working time is left, and how far the record has come."""

    task: Task
    left: int  # working minutes until due; negative when overdue
    at: int
    steps: int


ICONS = {
    "case": "alert-triangle",
    "finding": "zoom-check",
    "import": "upload",
    "notice": "mail",
    "refund": "receipt-refund",
}


@get(["/f/{slug:str}", "/f/{slug:str}/"], opt={"permission": "tasks.read"}, name="firm")
async def entrance(request: Req) -> Response[Any]:
    return to("/work", request)


@get("/f/{slug:str}/work", opt={"permission": "tasks.read"})
async def my_work(request: Req, session: Db, kind: FromQuery[str] = "") -> Response[str]:
    actor, now = actor_of(request), clock.now()
    calendar = await calendar_of(session)
    at = address_in(request)
    members = await members_by_id(session)
    tasks, waiting = await queries.my_work(session, actor, kind), await queries.waiting_for_others(session, actor)
    clients = await _clients(session, [*tasks, *waiting])
    groups = _groups([_line(task, calendar, now) for task in tasks], now)
    return await page(
        request,
        "tasks/my_work.html",
        session=session,
        groups=groups,
        urgent=next((line for _label, tone, lines in groups for line in lines if tone != "violet"), None),
        tabs=_tabs(await queries.counts_by_kind(session, actor), kind, at),
        waiting=[_row(task, clients.get(task.client_id), at) for task in waiting],
        loads=_loads(await queries.load(session), members),
        side_panels=[await panel(session, None, actor) for panel in composition().panel("tasks.rail")],
        members=members,
        clients=clients,
        minutes_left=calendar.working_minutes(now, calendar.close_of(local(now).date())),
        moment=local(now),
        labels=_labels(),
        icons=ICONS,
        panels=[await panel(session, actor, actor) for panel in composition().panel("tasks.work")],
    )


async def _clients(session: AsyncSession, tasks: Sequence[Task]) -> dict[UUID | None, str]:
    """The names of the tasks' clients by id."""
    ids = list({task.client_id for task in tasks if task.client_id is not None})
    found: dict[UUID | None, str] = {}
    for called in composition().panel("tasks.clients"):
        found |= (await called(session, ids))["names"]
    return found


def _labels() -> dict[str, Text]:
    """What a task belongs to, in words; one of its own is just a task."""
    return {
        "": _("Task"),
        queries.OTHER: _("Follow-ups"),
        **{w.name: w.label for w in composition().workflows.values()},
    }


def _tabs(counts: dict[str, int], chosen: str, at: Callable[[str], str]) -> list[dict[str, Any]]:
    everything = {"label": _("All"), "url": at("/work"), "count": sum(counts.values()), "active": not chosen}
    labels = _labels()
    return [everything] + [
        {
            "label": labels[kind],
            "url": at(f"/work?kind={kind}"),
            "count": count,
            "active": kind == chosen,
        }
        for kind, count in sorted(counts.items())
    ]


def _row(task: Task, client: str | None, at: Callable[[str], str]) -> dict[str, Any]:
    note = _("%(client)s · %(state)s", client=client, state=task.step) if client else task.step
    return {"label": task.title, "note": note, "value": show_date(task.paused_since), "url": at(task.url)}


def _loads(load: dict[UUID, int], members: dict[UUID, Membership]) -> list[dict[str, Any]]:
    most = max(load.values(), default=1)
    ordered = sorted(load.items(), key=lambda pair: -pair[1])
    return [
        {"label": members[member].name, "percent": 100 * count // most, "value": count}
        for member, count in ordered
        if member in members
    ]


def _line(task: Task, calendar: Calendar, now: datetime) -> Line:
    left = 0
    if task.due_at is not None:
        sign = 1 if task.due_at >= now else -1
        left = sign * calendar.working_minutes(min(now, task.due_at), max(now, task.due_at))
    at, steps = _progress(task)
    return Line(task, left, at, steps)


def _progress(task: Task) -> tuple[int, int]:
    """Where the record stands among the steps of its workflow, 1-based; (0, 0) for a task of its own."""
    workflow = composition().workflows.get(task.workflow)
    if workflow is None:
        return 0, 0
    steps = list(dict.fromkeys(s.step or s.label for s in workflow.states))
    here = next((s.step or s.label for s in workflow.states if s.label == task.step), steps[0])
    return steps.index(here) + 1, len(steps)


def _groups(lines: Sequence[Line], now: datetime) -> list[tuple[Text, str, list[Line]]]:
    """(label, tone, lines), only those that are not empty: overdue, today, this week, later, with the client."""
    today = local(now).date()
    week_end = today + timedelta(days=6 - today.weekday())
    groups: dict[str, list[Line]] = {"overdue": [], "today": [], "week": [], "later": [], "waiting": []}
    for line in lines:
        groups[_group(line.task, now, today, week_end)].append(line)
    labels = {
        "overdue": (_("Overdue"), "red"),
        "today": (_("Due today"), ""),
        "week": (_("Due this week"), ""),
        "later": (_("Later"), ""),
        "waiting": (_("With the client"), "violet"),
    }
    return [(*labels[name], found) for name, found in groups.items() if found]


def _group(task: Task, now: datetime, today: Any, week_end: Any) -> str:
    if task.paused_since is not None:
        return "waiting"
    if task.due_at is None:
        return "later"
    if task.due_at < now:
        return "overdue"
    due = local(task.due_at).date()
    return "today" if due <= today else "week" if due <= week_end else "later"


ROUTES = [entrance, my_work]
