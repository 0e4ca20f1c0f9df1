"""The matrix of people and skills, in four queries however large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import Membership
from saas.identity.queries import members
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm
from saas.teams.skills.levels import Standing, required
from saas.teams.skills.skill_models import Skill, SkillMark
from saas.training.course_models import Course
from saas.training.exam_models import Certificate


@dataclass(frozen=True, slots=True)
class Grid:
    skills: Sequence[Skill]
    rows: Sequence[tuple[Membership, Sequence[Standing]]]

    def gaps(self) -> list[tuple[Membership, Skill, Standing]]:
        """The widest first."""
        found = [(m, skill, s) for m, cells in self.rows for skill, s in zip(self.skills, cells, strict=True) if s.gap]
        return sorted(found, key=lambda each: (-each[2].gap, each[0].name))


async def grid(session: AsyncSession, today: date) -> Grid:
    """Everybody who works here, and every skill in use."""
    found, people = await skills(session), await members(session)
    until, marks = await _certified(session, today), await _marks(session)
    rows = [
        (
            m,
            [
                Standing(
                    required(skill.levels, m.roles),
                    until.get((m.id, skill.course_key)),
                    *((mark.level, mark.seen_on) if (mark := marks.get((m.id, skill.id))) else (None, None)),
                )
                for skill in found
            ],
        )
        for m in people
    ]
    return Grid(found, rows)


async def skills(session: AsyncSession) -> Sequence[Skill]:
    query = select(Skill).where(of_this_firm(Skill), Skill.retired_at.is_(None)).order_by(Skill.id)
    return (await session.scalars(query)).all()


async def skill(session: AsyncSession, skill_id: UUID) -> Skill:
    return await own_row(session, Skill, skill_id)


async def _certified(session: AsyncSession, today: date) -> dict[tuple[UUID, str], date]:
    """The last valid day of each person's certificates that count today, by the course's key."""
    query = (
        select(Certificate.member_id, Course.slug, func.max(Certificate.valid_until))
        .join(Course, (Course.firm_id == Certificate.firm_id) & (Course.id == Certificate.course_id))
        .where(of_this_firm(Certificate), Certificate.withdrawn_at.is_(None), Certificate.valid_until >= today)
        .group_by(Certificate.member_id, Course.slug)
    )
    return {(who, key): day for who, key, day in (await session.execute(query)).all()}


async def _marks(session: AsyncSession) -> dict[tuple[UUID, UUID], SkillMark]:
    """The newest of each person and skill."""
    query = (
        select(SkillMark)
        .where(of_this_firm(SkillMark))
        .ext(distinct_on(SkillMark.member_id, SkillMark.skill_id))
        .order_by(SkillMark.member_id, SkillMark.skill_id, SkillMark.seen_on.desc(), SkillMark.at.desc())
    )
    return {(mark.member_id, mark.skill_id): mark for mark in (await session.scalars(query)).all()}


async def marks_of(session: AsyncSession, member_id: UUID) -> Sequence[SkillMark]:
    """All of one person, the newest first."""
    query = select(SkillMark).where(of_this_firm(SkillMark), SkillMark.member_id == member_id)
    return (await session.scalars(query.order_by(SkillMark.seen_on.desc(), SkillMark.at.desc()))).all()
