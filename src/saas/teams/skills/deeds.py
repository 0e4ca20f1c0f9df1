"""Writing down a skill, marking what was seen at work, and assigning the course that closes a gap."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock
from saas.kernel.access import ROLES, Actor
from saas.kernel.audit import record
from saas.kernel.forms import Submitted
from saas.kernel.i18n import Both, _
from saas.kernel.tenancy import of_this_firm
from saas.teams.skills.grid import Grid, marks_of
from saas.teams.skills.levels import CERTIFIED
from saas.teams.skills.skill_models import Skill, SkillMark
from saas.training.assigning.assign import Why, assign, assign_many
from saas.training.assigning.queries import in_use

Line = Annotated[str, Meta(max_length=80)]
Level = Annotated[int, Meta(ge=0, le=4)]


class SkillForm(Struct):
    """Levels are sent as level-owner, level-manager … beside these."""

    name_zh: Line
    name_en: Line = ""
    about: Annotated[str, Meta(max_length=300)] = ""
    course_key: Line = ""


class MarkForm(Struct):
    skill_id: UUID
    level: Level
    seen_on: date
    note: Annotated[str, Meta(max_length=300)] = ""


def levels_in(form: Submitted[SkillForm]) -> dict[str, int]:
    """The level each role needs; a mistake stands at its field."""
    found = {}
    for role in ROLES:
        given = str(form.raw.get(f"level-{role}", "0"))
        if given not in ("0", "1", "2", "3", "4"):
            form.refuse(f"level-{role}", _("This cannot be taken: please choose or correct it."))
        elif given != "0":
            found[role] = int(given)
    return found


async def check_course(session: AsyncSession, form: Submitted[SkillForm]) -> None:
    if form.ok and form.taken.course_key and await in_use(session, form.taken.course_key) is None:
        form.refuse("course_key", _("There is no such course in use."))


async def keep(
    session: AsyncSession, row: Skill | None, given: SkillForm, levels: dict[str, int], key: str, actor: Actor,
    now: datetime,
) -> Skill:  # fmt: skip
    """A new skill (once for its key) or a changed one; the other language stays where none was written."""
    if row is None:
        row = await session.scalar(select(Skill).where(of_this_firm(Skill), Skill.key == key))
    if row is None:
        row = Skill(key=key, name={}, about={}, levels={})
        session.add(row)
    row.name = {"zh": given.name_zh, "en": given.name_en or row.name.get("en", "")}
    row.about = {**row.about, "zh": given.about}
    row.course_key, row.levels = given.course_key, levels
    await session.flush()
    record(session, actor, "teams.skill", now, subject=row, summary=given.name_zh)
    return row


def retire(session: AsyncSession, row: Skill, actor: Actor, now: datetime) -> None:
    """Out of the matrix; marks stay."""
    if row.retired_at is None:
        row.retired_at = now
        record(session, actor, "teams.skill_retired", now, subject=row, summary=row.name["zh"])


def check_mark(form: Submitted[MarkForm], member_id: UUID, actor: Actor) -> None:
    if form.ok and member_id == actor.id:
        form.refuse("level", _("Somebody else judges what you can do."))
    if form.ok and form.taken.seen_on > clock.today():
        form.refuse("seen_on", _("This day is still to come."))


async def mark(session: AsyncSession, member_id: UUID, given: MarkForm, actor: Actor, now: datetime) -> None:
    """The same mark of the same day is kept once."""
    known = await marks_of(session, member_id)
    new = (given.skill_id, given.level, given.seen_on, given.note)
    if actor.id is None or any((m.skill_id, m.level, m.seen_on, m.note) == new for m in known):
        return
    row = SkillMark(
        member_id=member_id, skill_id=given.skill_id, level=given.level, seen_on=given.seen_on, note=given.note,
        marked_by=actor.id, at=now,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    record(session, actor, "teams.skill_mark", now, subject=row, summary=str(given.level))


def why(skill: Skill, actor: Actor) -> Why:
    reason = _("a gap in “%(skill)s”", skill=Both(skill.name["zh"], skill.name.get("en", "")))
    return Why("skill", reason, source_id=skill.id, source_key=skill.key, by=actor.id)


async def close_gap(session: AsyncSession, member_id: UUID, skill: Skill, actor: Actor, now: datetime) -> bool:
    """Assign the skill's course; False where no course teaches it."""
    if not skill.course_key:
        return False
    return await assign(session, member_id, skill.course_key, why(skill, actor), now) is not None


async def close_all(session: AsyncSession, found: Grid, actor: Actor, now: datetime) -> int:
    """Every gap a course can close: below what passing it is worth, and taught by a course in use. How many are new."""
    wanted: dict[str, tuple[Skill, list[UUID]]] = {}
    for member, skill, standing in found.gaps():
        if standing.level < CERTIFIED and skill.course_key:
            wanted.setdefault(skill.course_key, (skill, []))[1].append(member.id)
    n = 0
    for key, (skill, people) in wanted.items():
        course = await in_use(session, key)
        if course is not None:
            n += len(await assign_many(session, course, people, why(skill, actor), now))
    return n
