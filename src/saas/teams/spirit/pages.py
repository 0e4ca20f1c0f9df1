"""The team's page: who is here, what it has set out to reach, and thanks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.queries import members, members_by_id
from saas.kernel import clock
from saas.kernel.access import ROLES
from saas.kernel.errors import Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, listed
from saas.kernel.identifiers import uuid7
from saas.kernel.pages import Db, Req, actor_of, page, show_date, to
from saas.teams.cover.away import away_words
from saas.teams.helping.asking import subject_of
from saas.teams.measures import figures
from saas.teams.rooms import MANAGES, options, tabs
from saas.teams.spirit import deeds
from saas.teams.spirit.spirit_models import Goal

ROOM = "/teams"
GOAL = f"/f/{{slug:str}}{ROOM}/goals/{{row_id:uuid}}"


@get(f"/f/{{slug:str}}{ROOM}", opt={"permission": "teams.read"})
async def index(
    request: Req, session: Db, kind: FromQuery[str] = "", subject: FromQuery[UUID | None] = None
) -> Response[str]:
    """With a record in the address, thanks are for what was done there."""
    raw = {"key": str(uuid7()), "kind": kind, "subject_id": str(subject or "")}
    about: Text | str = ""
    if kind and subject is not None:
        workflow, row = await subject_of(session, actor_of(request), kind, subject)
        about = workflow.title(row)
    return await _index(request, session, Submitted(raw), about=about)


async def _index(
    request: Req,
    session: AsyncSession,
    thanks: Submitted[Any],
    goal: Submitted[Any] | None = None,
    about: Text | str = "",
    status: int = 200,
) -> Response[str]:
    actor, names, away = actor_of(request), await members_by_id(session), await away_words(session)
    here = await members(session)
    return await page(
        request,
        "teams/index.html",
        session=session,
        status=status,
        rooms=tabs(request, ROOM),
        people=[
            {
                "member": m,
                "roles": listed(label for role, label in ROLES.items() if role in m.roles),
                "away": away.get(m.id),
            }
            for m in here
        ],
        thanks=[
            {"one": t, "by": names[t.from_id], "to": names[t.to_id].name, "when": show_date(t.at)}
            for t in await deeds.lately(session)
        ],
        goals=[_goal(g) for g in await deeds.goals(session)],
        ended=[_goal(g) for g in await deeds.goals(session, ended=True)],
        figures=await figures(session, clock.now()),
        colleagues=options([m for m in here if m.id != actor.id]),
        may_thank=actor.may("teams.help"),
        may_manage=actor.may(MANAGES),
        about=about,
        form=thanks,
        goal_form=goal or Submitted({"key": str(uuid7())}),
    )


def _goal(row: Goal) -> dict[str, Any]:
    return {"goal": row, "late": row.ended_at is None and row.until_on < clock.today()}


@post(f"/f/{{slug:str}}{ROOM}/thanks", opt={"permission": "teams.help"}, status_code=200)
async def thank(request: Req, session: Db) -> Response[Any]:
    form, actor = await submitted(request, deeds.NewThanks), actor_of(request)
    await deeds.check_thanks(session, form, actor)
    if not form.ok:
        return await _index(request, session, form, status=422)
    await deeds.thank(session, actor, form.taken, clock.now())
    return to(f"{ROOM}#thanks", request)


@post(f"/f/{{slug:str}}{ROOM}/goals", opt={"permission": MANAGES}, status_code=200)
async def add_goal(request: Req, session: Db) -> Response[Any]:
    form = await submitted(request, deeds.NewGoal)
    deeds.check_goal(form)
    if not form.ok:
        return await _index(request, session, Submitted({"key": str(uuid7())}), goal=form, status=422)
    await deeds.set_goal(session, actor_of(request), form.taken, clock.now())
    return to(f"{ROOM}#goals", request)


@post(f"{GOAL}/progress", opt={"permission": MANAGES}, status_code=200)
async def move_goal(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    row, form = await deeds.goal(session, row_id), await submitted(request, deeds.Progress)
    if form.ok:
        try:
            deeds.move_on(session, row, actor_of(request), form.taken, clock.now())
        except Refusal as refusal:
            form.refuse("", refusal.reason)
    if not form.ok:
        return await _index(request, session, Submitted({"key": str(uuid7())}), goal=form, status=422)
    return to(f"{ROOM}#goals", request)


@post(f"{GOAL}/end", opt={"permission": MANAGES}, status_code=200)
async def end_goal(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    deeds.give_up(session, await deeds.goal(session, row_id), actor_of(request), clock.now())
    return to(f"{ROOM}#goals", request)


ROUTES = [index, thank, add_goal, move_goal, end_goal]
