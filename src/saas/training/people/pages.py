"""A person's learning log, and the yearly plan."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.queries import member as member_of
from saas.kernel import clock, tenancy
from saas.kernel.access import ROLES
from saas.kernel.audit import record
from saas.kernel.errors import Forbidden
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Both, _, listed
from saas.kernel.identifiers import uuid7
from saas.kernel.pages import Db, Req, actor_of, page, show_datetime, to
from saas.kernel.tenancy import of_this_firm
from saas.training.assigning import queries
from saas.training.assigning.pages import row, several
from saas.training.course_models import CourseVersion
from saas.training.credits import ledger
from saas.training.duty_models import PlanItem
from saas.training.frame import rooms
from saas.training.people.log import log_of
from saas.training.queries import certificates_of, published

PLAN = "/f/{slug:str}/training/plan"


class AddItem(msgspec.Struct):
    """A line of the plan."""

    year: Annotated[int, msgspec.Meta(ge=2018, le=2100)]
    month: Annotated[int, msgspec.Meta(ge=1, le=12)]
    course_id: UUID
    roles: list[str] = []


@get("/f/{slug:str}/training/log", opt={"permission": "training.read"})
async def mine(request: Req) -> Response[Any]:
    return to(f"/training/people/{actor_of(request).id}", request)


@get("/f/{slug:str}/training/people/{member_id:uuid}", opt={"permission": "training.read"})
async def person(request: Req, session: Db, member_id: FromPath[UUID], course: FromQuery[str] = "") -> Response[str]:
    """One's own; everybody's for those who oversee training."""
    member, actor, now = await member_of(session, member_id), actor_of(request), clock.now()
    if member.id != actor.id and not actor.may("training.overview"):
        raise Forbidden(_("Only the person and those who oversee training see this log."), action="training.log",
                        subject_id=member.id)  # fmt: skip
    of_course = _uuid(course)
    due = [
        (assignment, await session.get_one(CourseVersion, (assignment.firm_id, assignment.version_id)))
        for assignment in await queries.due_of(session, member.id)
        if of_course is None or assignment.course_id == of_course
    ]
    return await page(
        request,
        "training/people/log.html",
        session=session,
        rooms=rooms(request, ""),
        member=member,
        only=of_course,
        due=[row(assignment, member, version, now) for assignment, version in due],
        papers=[
            {"title": Both(p.title["zh"], p.title["en"]), "until": p.valid_until, "valid": p.is_valid(clock.today())}
            for p in await certificates_of(session, member.id)
            if of_course is None or p.course_id == of_course
        ],
        steps=[
            {
                "icon": step.icon,
                "tone": step.tone,
                "who": step.about,
                "what": step.what,
                "when": show_datetime(step.at),
                "detail": step.detail,
                "url": "",
            }
            for step in await log_of(session, member.id, of_course)
        ],
        balance=await ledger.of_member(session, member.id, clock.today().year),
        may_assign=actor.may("training.assign"),
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@get(PLAN, opt={"permission": "training.read"})
async def plan(request: Req, session: Db, year: FromQuery[str] = "") -> Response[str]:
    chosen = int(year) if year.isdecimal() and 2018 <= int(year) <= 2100 else clock.today().year
    return await _plan(request, session, chosen)


@post(PLAN, opt={"permission": "training.assign"})
async def add_item(request: Req, session: Db) -> Response[Any]:
    """The same course once a month; its month past, it is assigned with the next day's work."""
    form, actor, now = await submitted(request, AddItem), actor_of(request), clock.now()
    if form.ok and not (form.taken.roles and set(form.taken.roles) <= set(ROLES)):
        form.refuse("roles", _("Choose at least one role."))
    if form.ok and form.taken.course_id not in {course.id for course, _version in await published(session)}:
        form.refuse("course_id", _("This cannot be taken: please choose or correct it."))
    if not form.ok:
        return await _plan(request, session, clock.today().year, form=form, status=422)
    item = form.taken
    query = insert(PlanItem).values(
        firm_id=tenancy.current_firm_id(), id=uuid7(), year=item.year, month=item.month, course_id=item.course_id,
        roles=sorted(item.roles), made_by=actor.id, made_at=now,
    )  # fmt: skip
    await session.execute(query.on_conflict_do_nothing())
    record(session, actor, "training.plan", now, year=item.year, month=item.month)
    return to(f"/training/plan?year={item.year}", request)


@post(f"{PLAN}/{{item_id:uuid}}/remove", opt={"permission": "training.assign"})
async def remove_item(request: Req, session: Db, item_id: FromPath[UUID]) -> Response[Any]:
    """A line that was not assigned yet; one that is gone already is no fault."""
    query = delete(PlanItem).where(of_this_firm(PlanItem), PlanItem.id == item_id, PlanItem.assigned_at.is_(None))
    year = await session.scalar(query.returning(PlanItem.year))
    return to(f"/training/plan?year={year or clock.today().year}", request)


async def _plan(
    request: Req, session: AsyncSession, year: int, *, form: Submitted[Any] | None = None, status: int = 200
) -> Response[str]:
    courses = await published(session)
    versions = {course.id: version for course, version in courses}
    lines = [item for item in await ledger.plan_of(session, year) if item.course_id in versions]
    items = [
        {
            "id": item.id,
            "month": item.month,
            "course_id": item.course_id,
            "title": Both(versions[item.course_id].title["zh"], versions[item.course_id].title["en"]),
            "credits": versions[item.course_id].credits,
            "roles": listed(label for role, label in ROLES.items() if role in item.roles),
            "assigned_at": item.assigned_at,
        }
        for item in lines
    ]
    given = form or Submitted()
    return await page(
        request,
        "training/people/plan.html",
        session=session,
        rooms=rooms(request, "credits"),
        year=year,
        items=items,
        credits=sum(versions[item.course_id].credits for item in lines),
        courses=[(str(course.id), Both(v.title["zh"], v.title["en"])) for course, v in courses],
        roles=list(ROLES.items()),
        months=[(str(n), str(n)) for n in range(1, 13)],
        chosen=several(given, "roles"),
        may_plan=actor_of(request).may("training.assign"),
        form=given,
        status=status,
    )


ROUTES = [mine, person, plan, add_item, remove_item]
