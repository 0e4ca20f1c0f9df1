"""Team sessions: the list, planning one, its page with invitations, materials and attendance."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.queries import people
from saas.identity.models import Membership
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.access import ROLES, Actor
from saas.kernel.actions import noted
from saas.kernel.errors import Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Both, Text, _
from saas.kernel.identifiers import uuid7
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.kernel.uploads import download, keep
from saas.training.assigning.pages import several
from saas.training.duty_models import TeamSession
from saas.training.frame import SUBJECTS, rooms
from saas.training.queries import published
from saas.training.sessions import holding, role_plays, session_queries
from saas.training.wording import said

PATH = "/f/{slug:str}/training/sessions"
ONE = f"{PATH}/{{row_id:uuid}}"
DONE: dict[str, Text] = {
    "planned": _("The session is planned; whoever is invited finds it in My work."),
    "held": _("Attendance and credits are on record."),
}


class PlanSession(msgspec.Struct):
    """A session to come; `key`, made with the page, makes one of two posts."""

    key: UUID
    title: Annotated[str, msgspec.Meta(max_length=120)]
    held_at: datetime
    minutes: Annotated[int, msgspec.Meta(ge=5, le=1440)]
    course_id: UUID | None = None
    place: Annotated[str, msgspec.Meta(max_length=120)] = ""
    led_by: UUID | None = None
    credits: Annotated[int, msgspec.Meta(ge=0, le=90)] = 0
    subject: Literal["professional", "general"] = "professional"
    notes: Annotated[str, msgspec.Meta(max_length=4000)] = ""
    roles: list[str] = []
    members: list[UUID] = []
    files: list[UploadFile] = []


class AddTo(msgspec.Struct):
    """Further people and materials."""

    members: list[UUID] = []
    files: list[UploadFile] = []


class Held(msgspec.Struct):
    """Who was there, and what is to be kept of it."""

    present: list[UUID] = []
    notes: Annotated[str, msgspec.Meta(max_length=4000)] = ""


class CallOff(msgspec.Struct):
    reason: Annotated[str, msgspec.Meta(max_length=300)]


@get(PATH, opt={"permission": "training.read"})
async def index(request: Req, session: Db) -> Response[str]:
    now, members = clock.now(), await members_by_id(session)
    mine = {held.id: attendance for held, attendance in await session_queries.of_member(session, _me(request))}
    rows = [
        {
            "id": held.id,
            "title": holding.titled(held),
            "held_at": held.held_at,
            "place": held.place,
            "led_by": members[held.led_by].name if held.led_by in members else "",
            "state": _state(held, now),
            "invited": held.id in mine,
            "present": mine[held.id].present if held.id in mine else None,
        }
        for held in await session_queries.sessions(session)
    ]
    return await page(
        request,
        "training/sessions/index.html",
        session=session,
        rooms=rooms(request, "sessions"),
        rows=rows,
        may_hold=actor_of(request).may("training.hold"),
    )


def _state(held: TeamSession, now: datetime) -> tuple[Text, str, str]:
    """The word with its colour and icon."""
    if held.called_off_at is not None:
        return _("called off"), "", "ban"
    if held.closed_at is not None:
        return _("held"), "green", "circle-check"
    if held.held_at < now:
        return _("attendance to be noted"), "amber", "clock"
    return _("planned"), "accent", "calendar"


def _me(request: Req) -> UUID:
    me = actor_of(request).id
    assert me is not None
    return me


@get(f"{PATH}/new", opt={"permission": "training.hold"})
async def new(request: Req, session: Db) -> Response[str]:
    blank = {"key": str(uuid7()), "minutes": "60", "credits": "0", "led_by": str(_me(request))}
    return await _form(request, session, Submitted(blank))


@post(f"{PATH}/new", opt={"permission": "training.hold"})
async def plan(request: Req, session: Db) -> Response[Any]:
    form, now = await submitted(request, PlanSession), clock.now()
    team = await people(session)
    if form.ok and form.taken.led_by is not None and form.taken.led_by not in {m.id for m in team}:
        form.refuse("led_by", _("This cannot be taken: please choose or correct it."))
    courses = {course.id for course, _version in await published(session)}
    if form.ok and form.taken.course_id is not None and form.taken.course_id not in courses:
        form.refuse("course_id", _("This cannot be taken: please choose or correct it."))
    if not form.ok:
        return await _form(request, session, form, status=422)
    given = form.taken
    if await session_queries.or_none(session, given.key) is not None:
        return to(f"/training/sessions/{given.key}", request)
    try:
        files = await keep(request, given.files)
    except Refusal as refusal:
        form.refuse("files", refusal.reason)
        return await _form(request, session, form, status=422)
    held = TeamSession(
        id=given.key, title={"zh": given.title, "en": given.title}, course_id=given.course_id, held_at=given.held_at,
        minutes=given.minutes, place=given.place, led_by=given.led_by, credits=given.credits, subject=given.subject,
        notes=given.notes, files=files, made_by=_me(request), made_at=now,
    )  # fmt: skip
    await holding.plan(session, held, actor_of(request), now)
    wanted = [m.id for m in team if m.id in given.members or set(m.roles) & set(given.roles)]
    await holding.invite(session, held, wanted, now)
    return to(f"/training/sessions/{held.id}?done=planned", request)


@get(ONE, opt={"permission": "training.read"})
async def detail(request: Req, session: Db, row_id: FromPath[UUID], done: FromQuery[str] = "") -> Response[Any]:
    return await show(request, session, row_id, done=done)


@get(f"{ONE}/files/{{digest:str}}", opt={"permission": "training.read"})
async def material(request: Req, session: Db, row_id: FromPath[UUID], digest: FromPath[str]) -> Response[bytes]:
    return await download((await session_queries.locked(session, row_id)).files, digest)


@post(f"{ONE}/add", opt={"permission": "training.hold"})
async def add(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    form = await submitted(request, AddTo)

    async def do(held: TeamSession) -> None:
        known = {m.id for m in await people(session)}
        holding.add_files(held, await keep(request, form.taken.files))
        await holding.invite(session, held, [i for i in form.taken.members if i in known], clock.now())

    return await _deed(request, session, row_id, form, do)


@post(f"{ONE}/held", opt={"permission": "training.hold"})
async def close(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    form = await submitted(request, Held)

    async def do(held: TeamSession) -> None:
        await holding.close(session, held, form.taken.present, form.taken.notes, actor_of(request), clock.now())

    return await _deed(request, session, row_id, form, do, done="held")


@post(f"{ONE}/call-off", opt={"permission": "training.hold"})
async def call_off(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    form = await submitted(request, CallOff)

    async def do(held: TeamSession) -> None:
        await holding.call_off(session, held, form.taken.reason, actor_of(request), clock.now())

    return await _deed(request, session, row_id, form, do)


async def _deed(
    request: Req,
    session: AsyncSession,
    row_id: UUID,
    form: Submitted[Any],
    do: Callable[[TeamSession], Awaitable[None]],
    done: str = "",
) -> Response[Any]:
    if not form.ok:
        return await show(request, session, row_id, form=form, status=422)
    try:
        async with session.begin_nested():
            await do(await session_queries.locked(session, row_id))
    except Refusal as refusal:
        await noted(request, refusal)
        return await show(request, session, row_id, form=form, refusal=refusal, status=refusal.status)
    return to(f"/training/sessions/{row_id}" + (f"?done={done}" if done else ""), request)


async def show(
    request: Req,
    session: AsyncSession,
    row_id: UUID,
    *,
    form: Submitted[Any] | None = None,
    refusal: Refusal | None = None,
    done: str = "",
    status: int = 200,
) -> Response[Any]:
    held, now, members = await session_queries.locked(session, row_id), clock.now(), await members_by_id(session)
    invited = await session_queries.invited(session, row_id)
    there = {row.member_id for row in invited}
    return await page(
        request,
        "training/sessions/detail.html",
        session=session,
        rooms=rooms(request, "sessions"),
        held=held,
        base=address_in(request)(holding.url_of(held)),
        title=holding.titled(held),
        state=_state(held, now),
        begun=held.held_at <= now,
        leader=members[held.led_by].name if held.led_by in members else "",
        subject=SUBJECTS[held.subject],
        people=[{"id": str(r.member_id), "name": members[r.member_id].name, "present": r.present} for r in invited],
        others=[(str(m.id), m.name) for m in await people(session) if m.id not in there],
        may_hold=actor_of(request).may("training.hold"),
        form=form or Submitted(),
        refusal=refusal,
        done=DONE.get(done),
        **await _role_plays(session, held, actor_of(request), members, now),
        status=status,
    )


async def _role_plays(
    session: AsyncSession, held: TeamSession, actor: Actor, members: Mapping[UUID, Membership], now: datetime
) -> dict[str, Any]:
    """Talks that were scored here, and the form for another."""
    content = role_plays.content()
    here = [row.member_id for row in await session_queries.invited(session, held.id) if row.member_id != actor.id]
    return {
        "plays": await role_plays.shown(session, held, actor, members),
        "may_score": actor.may("training.hold") and held.held_at <= now and held.called_off_at is None and bool(here),
        "players": [(str(one), members[one].name) for one in here],
        "scenarios": [(scenario.key, said(scenario.title)) for scenario in content.scenario],
        "rubric": [(said(line.name), said(line.full)) for line in content.criterion],
        "points": [(str(n), str(n)) for n in range(role_plays.MOST + 1)],
    }


async def _form(request: Req, session: AsyncSession, form: Submitted[Any], status: int = 200) -> Response[str]:
    team = [(str(m.id), m.name) for m in await people(session)]
    chosen = {name: several(form, name) for name in ("members", "roles")}
    return await page(
        request,
        "training/sessions/new.html",
        session=session,
        rooms=rooms(request, "sessions"),
        courses=[(str(course.id), Both(v.title["zh"], v.title["en"])) for course, v in await published(session)],
        people=team,
        roles=list(ROLES.items()),
        subjects=list(SUBJECTS.items()),
        chosen=chosen,
        form=form,
        status=status,
    )


ROUTES = [index, new, plan, detail, material, add, close, call_off]
