"""/improvement/actions: what is done about lessons, by whom, and whether it helped."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.queries import members, members_by_id
from saas.identity.rules import LEFT
from saas.improvement.lessons import gathering, queries
from saas.improvement.lessons.forms import NewAction
from saas.improvement.lessons.lesson_models import Improvement
from saas.improvement.lessons.pages import show as show_lesson
from saas.improvement.lessons.workflow import IMPROVEMENT, check_on
from saas.improvement.measuring import showing
from saas.improvement.measuring.targets import parsed, target_of
from saas.improvement.rooms import tabs, working_here
from saas.kernel import clock
from saas.kernel.actions import action_routes
from saas.kernel.errors import Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.kernel.records import view
from saas.kernel.tenancy import of_this_firm

VIEWS: dict[str, Text] = {"": _("Open"), "mine": _("Mine"), "over": _("Judged")}
YEAR = 365


@get("/f/{slug:str}/improvement/actions", opt={"permission": "improvement.read"})
async def index(request: Req, session: Db, view: FromQuery[str] = "") -> Response[str]:
    actor, at, today = actor_of(request), address_in(request), clock.today()
    chosen = view if view in VIEWS else ""
    found = await queries.actions(session, chosen or "open", actor.id)
    helped, judged = await queries.effect(session, today.replace(year=today.year - 1, day=1), today)
    return await page(
        request, "improvement/actions/index.html", session=session, tabs=tabs(request, "actions"), rows=found,
        workflow=IMPROVEMENT, members=await members_by_id(session), today_is=today, helped=helped, judged=judged,
        few=judged < 5, share=100 * helped // judged if judged else 0,
        views=[{"label": label, "url": at(f"/improvement/actions?view={name}" if name else "/improvement/actions"),
                "active": name == chosen} for name, label in VIEWS.items()],
    )  # fmt: skip


@post("/f/{slug:str}/improvement/lessons/{lesson_id:uuid}/actions", opt={"permission": "improvement.write"},
      status_code=200)  # fmt: skip
async def add(request: Req, session: Db, lesson_id: FromPath[UUID]) -> Response[Any]:
    """Something is done about a lesson: by whom, until when, measured by what."""
    lesson, form = await queries.lesson(session, lesson_id), await submitted(request, NewAction)
    if form.ok and form.taken.owner_id not in {m.id for m in await members(session)}:
        form.refuse("owner_id", LEFT)
    if form.ok and form.taken.due_on < clock.today():
        form.refuse("due_on", _("Choose a day that is still to come."))
    target = parsed(form.taken.target) if form.ok and form.taken.target else None
    if form.ok and form.taken.target and target is None:
        form.refuse("target", _("Please choose one."))
    if not form.ok:
        return await show_lesson(request, session, lesson_id, form=form, opened="action", status=422)
    given = form.taken
    known = await queries.actions_of(session, lesson_id)
    if not any((a.title, a.owner_id) == (given.title, given.owner_id) and a.state == "open" for a in known):
        action = Improvement(
            lesson_id=lesson.id, title=given.title, owner_id=given.owner_id, due_on=given.due_on,
            check_days=given.check_days, target_kind=target.kind if target else "",
            target_key=target.key if target else "",
        )  # fmt: skip
        await gathering.begin(session, actor_of(request), action, clock.now())
    return to(f"/improvement/lessons/{lesson.id}#actions", request)


@get("/f/{slug:str}/improvement/actions/{row_id:uuid}", opt={"permission": "improvement.read"})
async def detail(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[str]:
    return await show(request, session, row_id)


async def show(
    request: Req, session: AsyncSession, row_id: UUID, *, form: Submitted[Any] | None = None,
    refusal: Refusal | None = None, status: int = 200,
) -> Response[str]:  # fmt: skip
    action, now, known = await queries.action(session, row_id), clock.now(), await members_by_id(session)
    target = target_of(action.target_kind, action.target_key)
    measured = None
    if target is not None:
        frozen = (showing.stored(action.baseline), showing.stored(action.outcome))
        measured = await showing.shown(session, target, action.done_on, action.check_days, *frozen)
    return await page(
        request, "improvement/actions/detail.html", session=session, status=status, action=action,
        record=await view(session, IMPROVEMENT, action, actor_of(request), now), form=form or Submitted(),
        refusal=refusal, members=known, people=working_here(known), measured=measured, check_on=check_on(action),
        lesson=await queries.lesson_or_none(session, action.lesson_id) if action.lesson_id else None,
        follower=await queries.follower(session, action.id),
    )  # fmt: skip


async def of_member(session: AsyncSession, member_id: UUID) -> list[Improvement]:
    """Open actions of somebody who leaves: they are handed over."""
    query = select(Improvement).where(of_this_firm(Improvement), Improvement.owner_id == member_id,
                                      Improvement.state.in_(queries.OPEN))  # fmt: skip
    return list((await session.scalars(query)).all())


ROUTES = [index, add, detail, *action_routes(IMPROVEMENT, show)]
