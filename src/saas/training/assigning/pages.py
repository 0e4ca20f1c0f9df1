"""Open assignments and what is overdue, giving a course by hand, letting somebody off."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.queries import people
from saas.identity.models import Membership
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.access import ROLES
from saas.kernel.actions import noted
from saas.kernel.errors import Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Both, Text, _, listed
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.kernel.perform import calendar_of
from saas.training.assigning import bulk, queries, settling
from saas.training.assigning.assign import due_date
from saas.training.course_models import CourseVersion
from saas.training.duty_models import Assignment
from saas.training.frame import rooms
from saas.training.queries import published

PATH = "/f/{slug:str}/training/assignments"
SHOWN = 50
WHYS: dict[str, Text] = {
    "role": _("by role"),
    "rule": _("by a finding"),
    "lesson": _("by a lesson"),
    "policy": _("by a policy"),
    "skill": _("by a skill gap"),
    "regulation": _("by a regulation"),
    "renewal": _("renewal"),
    "plan": _("by the yearly plan"),
    "manual": _("by hand"),
}


class Give(msgspec.Struct):
    """A course for these people and for everybody with these roles."""

    course_id: UUID
    due_on: date
    members: list[UUID] = []
    roles: list[str] = []
    reason: Annotated[str, msgspec.Meta(max_length=200)] = ""


class Waive(msgspec.Struct):
    """Why somebody need not pass it."""

    reason: Annotated[str, msgspec.Meta(max_length=500)]


@get(PATH, opt={"permission": "training.overview"})
async def assignments(
    request: Req, session: Db, overdue: FromQuery[str] = "", after: FromQuery[str] = "", done: FromQuery[str] = ""
) -> Response[str]:
    now, at, late = clock.now(), address_in(request), overdue == "1"
    found = await queries.listed(session, overdue_at=now if late else None, after=_key(after), limit=SHOWN + 1)
    rows, more = found[:SHOWN], len(found) > SHOWN
    here = "/training/assignments?" + ("overdue=1&" if late else "")
    last = rows[-1][0] if rows else None
    tabs = [
        {"label": _("Open"), "url": at("/training/assignments"), "count": await queries.count_open(session),
         "active": not late},
        {"label": _("Overdue"), "url": at("/training/assignments?overdue=1"),
         "count": await queries.count_open(session, now), "active": late},
    ]  # fmt: skip
    return await page(
        request,
        "training/assignments/index.html",
        session=session,
        rooms=rooms(request, "assignments"),
        tabs=tabs,
        rows=[row(assignment, member, version, now) for assignment, member, version in rows],
        older=at(f"{here}after={last.due_at.isoformat().replace('+', '%2B')}~{last.id}") if more and last else "",
        newest=at(here) if after else "",
        may=actor_of(request),
        late=late,
        done=done,
    )


def row(assignment: Assignment, member: Membership, version: CourseVersion, now: datetime) -> dict[str, Any]:
    """A line of the list."""
    return {
        "id": assignment.id,
        "course_id": assignment.course_id,
        "member_id": member.id,
        "name": member.name,
        "course": Both(version.title["zh"], version.title["en"]),
        "why": WHYS[assignment.why],
        "reason": assignment.reason,
        "due": assignment.due_at,
        "overdue": assignment.due_at < now,
        "soon": now <= assignment.due_at < now + timedelta(days=3),
        "reminded_at": assignment.reminded_at,
    }


def _key(after: str) -> tuple[datetime, UUID] | None:
    """Where the page before ended; anything else in the address begins from the top."""
    moment, _tilde, row_id = after.partition("~")
    try:
        return datetime.fromisoformat(moment), UUID(row_id)
    except ValueError:
        return None


@get("/f/{slug:str}/training/assign", opt={"permission": "training.assign"})
async def give_page(
    request: Req, session: Db, course: FromQuery[str] = "", member: FromQuery[str] = ""
) -> Response[str]:
    due = await due_date(session, "manual", clock.now())
    raw = {"course_id": course, "members": [member], "due_on": due.astimezone(clock.CHINA).date().isoformat()}
    return await _give_page(request, session, Submitted(raw))


@post("/f/{slug:str}/training/assign", opt={"permission": "training.assign"})
async def give(request: Req, session: Db) -> Response[Any]:
    """Promised here, done by a job, however many people it is for."""
    form = await submitted(request, Give)
    members = await people(session)
    wanted: list[UUID] = []
    if form.ok:
        given = form.taken
        wanted = [m.id for m in members if m.id in given.members or set(m.roles) & set(given.roles)]
        if not wanted:
            form.refuse("members", _("Choose people, or a role that somebody has."))
        if given.due_on < clock.today():
            form.refuse("due_on", _("Choose today or a later day."))
        if given.course_id not in {course.id for course, _version in await published(session)}:
            form.refuse("course_id", _("This cannot be taken: please choose or correct it."))
    if not form.ok:
        return await _give_page(request, session, form, status=422)
    bulk.promise(session, form.taken.course_id, wanted, form.taken.reason, form.taken.due_on, actor_of(request))
    return to(f"/training/assignments?done={len(wanted)}", request)


async def _give_page(request: Req, session: AsyncSession, form: Submitted[Any], status: int = 200) -> Response[str]:
    calendar = await calendar_of(session)
    return await page(
        request,
        "training/assignments/give.html",
        session=session,
        rooms=rooms(request, "assignments"),
        courses=[(str(course.id), Both(v.title["zh"], v.title["en"])) for course, v in await published(session)],
        people=[(str(m.id), f"{m.name} · {_roles(m)}") for m in await people(session)],
        roles=list(ROLES.items()),
        form=form,
        chosen={name: several(form, name) for name in ("members", "roles")},
        today=calendar.next_working_day(clock.today()),
        status=status,
    )


def _roles(member: Membership) -> str:
    return listed(label for role, label in ROLES.items() if role in member.roles)


def several(form: Submitted[Any], name: str) -> list[str]:
    """What was ticked under a name; one tick comes as a text."""
    value = form.raw.get(name, [])
    return value if isinstance(value, list) else [value]


@get(f"{PATH}/{{assignment_id:uuid}}/waive", opt={"permission": "training.waive"})
async def waive_page(request: Req, session: Db, assignment_id: FromPath[UUID]) -> Response[str]:
    return await _waive_page(request, session, assignment_id)


@post(f"{PATH}/{{assignment_id:uuid}}/waive", opt={"permission": "training.waive"})
async def waive(request: Req, session: Db, assignment_id: FromPath[UUID]) -> Response[Any]:
    form = await submitted(request, Waive)
    if not form.ok:
        return await _waive_page(request, session, assignment_id, form=form, status=422)
    try:
        async with session.begin_nested():
            row = await queries.one(session, assignment_id)
            await settling.waive(session, row, form.taken.reason, actor_of(request), clock.now())
    except Refusal as refusal:
        await noted(request, refusal)
        return await _waive_page(request, session, assignment_id, form=form, refusal=refusal, status=refusal.status)
    return to("/training/assignments", request)


async def _waive_page(
    request: Req,
    session: AsyncSession,
    assignment_id: UUID,
    *,
    form: Submitted[Any] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> Response[str]:
    assignment = await queries.one(session, assignment_id)
    version = await session.get_one(CourseVersion, (assignment.firm_id, assignment.version_id))
    member = (await members_by_id(session))[assignment.member_id]
    return await page(
        request,
        "training/assignments/waive.html",
        session=session,
        rooms=rooms(request, "assignments"),
        row=row(assignment, member, version, clock.now()),
        waived=assignment.waived_at,
        form=form or Submitted(),
        refusal=refusal,
        status=status,
    )


ROUTES = [assignments, give_page, give, waive_page, waive]
