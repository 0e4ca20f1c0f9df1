"""The learning log of a person: everything that was assigned, read, sat, passed, attended and booked, by day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.i18n import Both, Text, _
from saas.kernel.tenancy import of_this_firm
from saas.training.assigning.pages import WHYS
from saas.training.course_models import Course, CourseVersion, Lesson
from saas.training.duty_models import Assignment, CreditEntry
from saas.training.exam_models import Attempt, Certificate, LessonRead
from saas.training.sessions import session_queries
from saas.training.sessions.holding import titled, url_of
from saas.training.sessions.roleplay_models import RolePlay

NO_COURSE = Both("—", "—")  # one that was never published


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the log."""

    at: datetime
    icon: str
    tone: str
    what: Text
    about: Text
    url: str
    detail: Text | str = ""


async def log_of(session: AsyncSession, member_id: UUID, course_id: UUID | None = None) -> list[Step]:
    """The latest first; of one course if asked."""
    titles = await _titles(session)
    steps = [
        *await _assigned(session, member_id, titles),
        *await _read(session, member_id, titles),
        *await _sat(session, member_id, titles),
        *await _certified(session, member_id),
    ]
    if course_id is not None:
        steps = [step for step in steps if step.url.endswith(str(course_id))]
    else:
        steps += await _attended(session, member_id)
        steps += await _played(session, member_id)
        steps += await _booked(session, member_id)
    return sorted(steps, key=lambda step: step.at, reverse=True)


async def _titles(session: AsyncSession) -> dict[UUID, Text]:
    """Of every course, also of those out of use."""
    query = (
        select(Course.id, CourseVersion.title)
        .join(CourseVersion, (CourseVersion.firm_id == Course.firm_id) & (CourseVersion.id == Course.published_id))
        .where(of_this_firm(Course))
    )
    return {course: Both(title["zh"], title["en"]) for course, title in (await session.execute(query)).all()}


def _course(course_id: UUID) -> str:
    return f"/training/courses/{course_id}"


async def _mine(session: AsyncSession, table: Any, member_id: UUID) -> list[Any]:
    query = select(table).where(of_this_firm(table), table.member_id == member_id)
    return list((await session.scalars(query)).all())


async def _assigned(session: AsyncSession, member_id: UUID, titles: Mapping[UUID, Text]) -> list[Step]:
    steps = []
    for row in await _mine(session, Assignment, member_id):
        about, url = titles.get(row.course_id, NO_COURSE), _course(row.course_id)
        why = _("%(why)s, due on %(day)s", why=WHYS[row.why], day=row.due_at.date().isoformat())
        steps.append(Step(row.assigned_at, "flag", "accent", _("assigned"), about, url, row.reason or why))
        if row.waived_at is not None:
            steps.append(Step(row.waived_at, "minus", "", _("let off"), about, url, row.waived_why))
    return steps


async def _read(session: AsyncSession, member_id: UUID, titles: Mapping[UUID, Text]) -> list[Step]:
    query = (
        select(LessonRead, Lesson.title)
        .outerjoin(
            Lesson,
            (Lesson.firm_id == LessonRead.firm_id)
            & (Lesson.version_id == LessonRead.version_id)
            & (Lesson.slug == LessonRead.slug),
        )
        .where(of_this_firm(LessonRead), LessonRead.member_id == member_id)
    )
    return [
        Step(
            row.read_at,
            "book-2",
            "",
            _("lesson read"),
            titles.get(row.course_id, NO_COURSE),
            _course(row.course_id),
            Both(title["zh"], title["en"]) if title else row.slug,
        )
        for row, title in (await session.execute(query)).all()
    ]


async def _sat(session: AsyncSession, member_id: UUID, titles: Mapping[UUID, Text]) -> list[Step]:
    return [
        Step(
            row.handed_in_at,
            "check" if row.passed else "x",
            "accent" if row.passed else "",
            _("exam passed: %(n)s %%", n=row.percent) if row.passed else _("exam not passed: %(n)s %%", n=row.percent),
            titles.get(row.course_id, NO_COURSE),
            _course(row.course_id),
        )
        for row in await _mine(session, Attempt, member_id)
        if row.handed_in_at is not None
    ]


async def _certified(session: AsyncSession, member_id: UUID) -> list[Step]:
    return [
        Step(
            row.issued_at,
            "certificate",
            "accent",
            _("certificate, valid until %(day)s", day=row.valid_until.isoformat()),
            Both(row.title["zh"], row.title["en"]),
            _course(row.course_id),
            row.withdrawn_why,
        )
        for row in await _mine(session, Certificate, member_id)
    ]


async def _attended(session: AsyncSession, member_id: UUID) -> list[Step]:
    return [
        Step(held.held_at, "users", "accent", _("team session attended"), titled(held), url_of(held), held.place)
        for held, attendance in await session_queries.of_member(session, member_id)
        if attendance.present
    ]


async def _played(session: AsyncSession, member_id: UUID) -> list[Step]:
    return [
        Step(
            row.scored_at,
            "message",
            "accent",
            _("role-play scored: %(n)s %%", n=row.percent),
            Both(row.title["zh"], row.title["en"]),
            f"/training/sessions/{row.session_id}#role-plays",
            row.remark,
        )
        for row in await _mine(session, RolePlay, member_id)
    ]


async def _booked(session: AsyncSession, member_id: UUID) -> list[Step]:
    return [
        Step(
            row.decided_at or row.entered_at,
            "star",
            "",
            _("%(n)s credits", n=row.credits),
            Both(row.title["zh"], row.title["en"]),
            f"/training/credits?year={row.year}",
        )
        for row in await _mine(session, CreditEntry, member_id)
        if row.counts
    ]
