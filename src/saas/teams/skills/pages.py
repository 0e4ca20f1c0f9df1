"""The skill matrix, one person's skills with what was seen, and a skill with the level each role needs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.queries import member, members_by_id
from saas.kernel import clock
from saas.kernel.access import ROLES
from saas.kernel.audit import record
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.identifiers import uuid7
from saas.kernel.pages import Db, Req, actor_of, page, show_date, to
from saas.kernel.uploads import attachment
from saas.teams.rooms import MANAGES, tabs
from saas.teams.skills import deeds
from saas.teams.skills import grid as grids
from saas.teams.skills.export import workbook
from saas.teams.skills.levels import LEVELS, Standing
from saas.teams.skills.skill_models import Skill
from saas.training.queries import published
from saas.training.wording import said

ROOM = "/teams/skills"
SHOWN = 40  # gaps on the page; all of them stand in the workbook
SKILL = f"/f/{{slug:str}}{ROOM}/{{row_id:uuid}}"
PERSON = f"/f/{{slug:str}}{ROOM}/people/{{row_id:uuid}}"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MANAGE = {"permission": MANAGES}


class Gap(Struct):
    member_id: UUID
    skill_id: UUID


@get(f"/f/{{slug:str}}{ROOM}", opt={"permission": "teams.read"})
async def index(request: Req, session: Db, assigned: FromQuery[int | None] = None) -> Response[str]:
    found, actor = await grids.grid(session, clock.today()), actor_of(request)
    courses = {course.slug for course, _version in await published(session)}
    return await page(
        request,
        "teams/skills/index.html",
        session=session,
        rooms=tabs(request, ROOM),
        skills=[{"skill": s, "name": said(s.name)} for s in found.skills],
        rows=[(m, cells) for m, cells in found.rows],
        gaps=[
            {"member": m, "skill": s, "name": said(s.name), "cell": cell, "taught": s.course_key in courses}
            for m, s, cell in found.gaps()[:SHOWN]
        ],
        more=max(0, len(found.gaps()) - SHOWN),
        assigned=_("%(n)s courses were assigned.", n=assigned) if assigned is not None else "",
        may_manage=actor.may(MANAGES),
        may_export=actor.may("teams.export"),
    )


@get(f"/f/{{slug:str}}{ROOM}/export", opt={"permission": "teams.export"})
async def export(request: Req, session: Db) -> Response[bytes]:
    found = await grids.grid(session, clock.today())
    record(session, actor_of(request), "teams.skills_export", clock.now())
    return attachment(workbook(found), f"{_('Skill matrix')}.xlsx", XLSX)


@post(f"/f/{{slug:str}}{ROOM}/assign", opt=MANAGE, status_code=200)
async def assign_one(request: Req, session: Db) -> Response[Any]:
    """The course for one gap; who has it open already is left alone."""
    form, n = await submitted(request, Gap), 0
    if form.ok:
        person, skill = await member(session, form.taken.member_id), await grids.skill(session, form.taken.skill_id)
        n = int(await deeds.close_gap(session, person.id, skill, actor_of(request), clock.now()))
    return to(f"{ROOM}?assigned={n}#gaps", request)


@post(f"/f/{{slug:str}}{ROOM}/assign-all", opt=MANAGE, status_code=200)
async def assign_all(request: Req, session: Db) -> Response[Any]:
    found = await grids.grid(session, clock.today())
    n = await deeds.close_all(session, found, actor_of(request), clock.now())
    return to(f"{ROOM}?assigned={n}#gaps", request)


@get(PERSON, opt={"permission": "teams.read"})
async def person(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[str]:
    return await _person(request, session, row_id, Submitted({"seen_on": clock.today().isoformat()}))


async def _person(
    request: Req, session: AsyncSession, member_id: UUID, form: Submitted[Any], status: int = 200
) -> Response[str]:
    who, names = await member(session, member_id), await members_by_id(session)
    found, actor = await grids.grid(session, clock.today()), actor_of(request)
    cells = next(
        (cells for m, cells in found.rows if m.id == who.id), [Standing(0, None, None, None)] * len(found.skills)
    )
    known = {s.id: said(s.name) for s in found.skills}
    return await page(
        request,
        "teams/skills/person.html",
        session=session,
        status=status,
        person=who,
        cells=[
            {"name": said(s.name), "about": said(s.about), "cell": cell, "until": show_date(cell.certified_until),
             "seen": show_date(cell.marked_on)}
            for s, cell in zip(found.skills, cells, strict=True)
        ],
        marks=[
            {"name": known[m.skill_id], "level": LEVELS[m.level], "day": show_date(m.seen_on), "note": m.note,
             "by": names[m.marked_by].name}
            for m in await grids.marks_of(session, who.id)
            if m.skill_id in known
        ],
        skills=[(str(s.id), said(s.name)) for s in found.skills],
        levels=[(str(n), f"{n} {word}") for n, word in enumerate(LEVELS)],
        may_mark=actor.may(MANAGES) and actor.id != who.id and who.left_at is None,
        form=form,
    )  # fmt: skip


@post(f"{PERSON}/marks", opt=MANAGE, status_code=200)
async def mark(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    who, form, actor = await member(session, row_id), await submitted(request, deeds.MarkForm), actor_of(request)
    deeds.check_mark(form, who.id, actor)
    if not form.ok:
        return await _person(request, session, who.id, form, status=422)
    await grids.skill(session, form.taken.skill_id)
    await deeds.mark(session, who.id, form.taken, actor, clock.now())
    return to(f"{ROOM}/people/{who.id}", request)


@get(f"/f/{{slug:str}}{ROOM}/new", opt=MANAGE)
async def new(request: Req, session: Db) -> Response[str]:
    return await _form(request, session, None, Submitted({"key": str(uuid7())}))


@get(SKILL, opt=MANAGE)
async def edit(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[str]:
    row = await grids.skill(session, row_id)
    raw = {"name_zh": row.name.get("zh", ""), "name_en": row.name.get("en", ""), "about": row.about.get("zh", "")}
    levels = {f"level-{role}": str(level) for role, level in row.levels.items()}
    return await _form(request, session, row, Submitted({**raw, **levels, "course_key": row.course_key}))


@post(f"/f/{{slug:str}}{ROOM}/new", opt=MANAGE, status_code=200)
async def add(request: Req, session: Db) -> Response[Any]:
    return await _keep(request, session, None)


@post(SKILL, opt=MANAGE, status_code=200)
async def change(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    return await _keep(request, session, await grids.skill(session, row_id))


async def _keep(request: Req, session: AsyncSession, row: Skill | None) -> Response[Any]:
    form = await submitted(request, deeds.SkillForm)
    levels = deeds.levels_in(form)
    await deeds.check_course(session, form)
    if not form.ok:
        return await _form(request, session, row, form, status=422)
    key = str(form.raw.get("key") or uuid7())[:40]
    await deeds.keep(session, row, form.taken, levels, key, actor_of(request), clock.now())
    return to(ROOM, request)


@post(f"{SKILL}/retire", opt=MANAGE, status_code=200)
async def retire(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    deeds.retire(session, await grids.skill(session, row_id), actor_of(request), clock.now())
    return to(ROOM, request)


async def _form(
    request: Req, session: AsyncSession, row: Skill | None, form: Submitted[Any], status: int = 200
) -> Response[str]:
    title: Text | str = said(row.name) if row else _("New skill")
    return await page(
        request,
        "teams/skills/edit.html",
        session=session,
        status=status,
        skill=row,
        title=title,
        courses=[(course.slug, said(version.title)) for course, version in await published(session)],
        roles=list(ROLES.items()),
        levels=[(str(n), f"{n} {word}") for n, word in enumerate(LEVELS)],
        form=form,
    )


ROUTES = [index, export, assign_one, assign_all, person, mark, new, edit, add, change, retire]
