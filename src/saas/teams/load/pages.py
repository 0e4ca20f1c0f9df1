"""The load of the team, one person's open items, and giving one of them to somebody with more room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.queries import member, members, members_by_id
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.actions import noted
from saas.kernel.errors import Invalid, Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.module import composition
from saas.kernel.pages import Db, Req, actor_of, page, show_datetime, to, working_time
from saas.kernel.tenancy import of_this_firm
from saas.tasks.models import Task
from saas.teams.cover.away import away_words
from saas.teams.load.handing import Hand, hand, movable, task_of
from saas.teams.load.reckoning import Load, lightest, loads, minutes_of, when_due
from saas.teams.rooms import options, tabs

ROOM = "/teams/load"
WORKERS = ("bookkeeper", "reviewer", "manager", "owner")  # who can take over what a colleague with the same role cannot
WHEN: dict[str, tuple[Text, str]] = {
    "overdue": (_("Overdue"), "red"),
    "today": (_("Due today"), "amber"),
    "week": (_("Within 7 days"), ""),
    "later": (_("Later"), ""),
    "waiting": (_("With the client"), "violet"),
}


@get(f"/f/{{slug:str}}{ROOM}", opt={"permission": "teams.read"})
async def index(request: Req, session: Db) -> Response[str]:
    found, away = await loads(session, clock.now()), await away_words(session)
    return await page(
        request,
        "teams/load/index.html",
        session=session,
        rooms=tabs(request, ROOM),
        rows=[_row(load, away.get(load.member.id)) for load in found],
    )


def _row(load: Load, away: Text | None) -> dict[str, Any]:
    full = load.percent > 100
    return {
        "load": load,
        "away": away,
        "minutes": working_time(load.minutes),
        "soon": working_time(load.soon),
        "free": working_time(load.free),
        "percent": min(load.percent, 100),
        "word": _("does not fit") if full else _("nearly full") if load.percent > 80 else _("fits"),
        "tone": "red" if full else "amber" if load.percent > 80 else "green",
        "icon": "alarm" if full else "clock" if load.percent > 80 else "check",
    }


@get(f"/f/{{slug:str}}{ROOM}/{{row_id:uuid}}", opt={"permission": "teams.read"})
async def detail(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[str]:
    return await _detail(request, session, row_id)


async def _detail(
    request: Req,
    session: AsyncSession,
    member_id: UUID,
    *,
    form: Submitted[Any] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> Response[str]:
    person, now, actor = await member(session, member_id), clock.now(), actor_of(request)
    found = await loads(session, now)
    here = [m for m in await members(session) if m.id != person.id and set(m.roles) != {"auditor"}]
    best = lightest(found, person.id, person.roles) or lightest(found, person.id, WORKERS)
    names = await members_by_id(session)
    return await page(
        request,
        "teams/load/detail.html",
        session=session,
        status=status,
        person=person,
        load=next((_row(x, None) for x in found if x.member.id == person.id), None),
        away=(await away_words(session)).get(person.id),
        rows=[
            {**_task(task, now, actor), "for": names[task.covered_id].name if task.covered_id in names else ""}
            for task in await _open(session, person.id)
        ],
        people=options(here, await away_words(session)),
        best=str(best.member.id) if best else "",
        best_name=best.member.name if best else "",
        form=form or Submitted(),
        refusal=refusal,
    )


async def _open(session: AsyncSession, member_id: UUID) -> Sequence[Task]:
    query = select(Task).where(of_this_firm(Task), Task.done_at.is_(None), Task.assignee_id == member_id)
    ordered = query.order_by(Task.paused_since.is_not(None), Task.due_at.asc().nulls_last(), Task.created_at)
    return (await session.scalars(ordered.limit(200))).all()


def _task(task: Task, now: Any, actor: Actor) -> dict[str, Any]:
    labels = {w.name: w.label for w in composition().workflows.values()}
    label, tone = WHEN[when_due(task, now)]
    return {
        "task": task,
        "kind": labels.get(task.subject_kind, _("Task")),
        "when": label,
        "tone": tone,
        "due": show_datetime(task.due_at),
        "minutes": working_time(minutes_of(task)),
        "movable": movable(task) and actor.may("tasks.write"),
    }


@post(f"/f/{{slug:str}}{ROOM}/tasks/{{row_id:uuid}}", opt={"permission": "tasks.write"}, status_code=200)
async def give(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    """To a colleague; what the record refuses stands on the page, and nothing was changed."""
    form, task = await submitted(request, Hand), await task_of(session, row_id)
    was = task.assignee_id or task.covered_id
    if was is None:  # it waits for a role: nobody has it who could give it away
        return to(ROOM, request)
    if not form.ok:
        return await _detail(request, session, was, form=form, status=422)
    try:
        async with session.begin_nested():
            await hand(session, task, actor_of(request), form.taken, clock.now())
    except Refusal as refusal:
        await noted(request, refusal)
        form.errors.update(refusal.fields if isinstance(refusal, Invalid) else {})
        return await _detail(request, session, was, form=form, refusal=refusal, status=refusal.status)
    return to(f"{ROOM}/{was}", request)


ROUTES = [index, detail, give]
