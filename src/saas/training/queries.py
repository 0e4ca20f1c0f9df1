"""Every reading question of courses, exams and certificates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.errors import Missing
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm
from saas.training.course_models import Course, CourseFile, CourseVersion, Lesson, Question
from saas.training.exam_models import Attempt, Certificate, ExamItem, LessonRead, Reopening

Published = tuple[Course, CourseVersion]


async def published(session: AsyncSession, *, retired: bool = False) -> list[Published]:
    """Courses with the version in force, by topic and age; those out of use only when asked for."""
    query = (
        select(Course, CourseVersion)
        .join(CourseVersion, (CourseVersion.firm_id == Course.firm_id) & (CourseVersion.id == Course.published_id))
        .where(of_this_firm(Course), *(() if retired else (Course.retired_at.is_(None),)))
        .order_by(Course.id)
    )
    return [(course, version) for course, version in (await session.execute(query)).all()]


async def all_courses(session: AsyncSession) -> Sequence[Course]:
    """Also those that were never published."""
    return (await session.scalars(select(Course).where(of_this_firm(Course)).order_by(Course.id))).all()


async def course(session: AsyncSession, course_id: UUID, *, lock: bool = False) -> Course:
    return await own_row(session, Course, course_id, lock=lock)


async def version_of(session: AsyncSession, course_id: UUID) -> CourseVersion:
    """The version in force; Missing where none was ever published."""
    found = await course(session, course_id)
    if found.published_id is None:
        raise Missing()
    return await version(session, found.published_id)


async def version(session: AsyncSession, version_id: UUID) -> CourseVersion:
    return await own_row(session, CourseVersion, version_id)


async def versions(session: AsyncSession, course_id: UUID) -> Sequence[CourseVersion]:
    """All of a course, the newest first; the first is a draft where it has no `published_at`."""
    query = select(CourseVersion).where(of_this_firm(CourseVersion), CourseVersion.course_id == course_id)
    return (await session.scalars(query.order_by(CourseVersion.number.desc()))).all()


async def lessons(session: AsyncSession, version_id: UUID) -> Sequence[Lesson]:
    query = select(Lesson).where(of_this_firm(Lesson), Lesson.version_id == version_id)
    return (await session.scalars(query.order_by(Lesson.position, Lesson.id))).all()


async def questions(session: AsyncSession, version_id: UUID) -> Sequence[Question]:
    query = select(Question).where(of_this_firm(Question), Question.version_id == version_id)
    return (await session.scalars(query.order_by(Question.position, Question.id))).all()


async def files(session: AsyncSession, course_id: UUID) -> Sequence[CourseFile]:
    query = select(CourseFile).where(of_this_firm(CourseFile), CourseFile.course_id == course_id)
    return (await session.scalars(query.order_by(CourseFile.name))).all()


async def read_by(session: AsyncSession, member_id: UUID | None, course_id: UUID) -> set[str]:
    """The lessons of a course a member has read, by name."""
    query = select(LessonRead.slug).where(
        of_this_firm(LessonRead), LessonRead.member_id == member_id, LessonRead.course_id == course_id
    )
    return set(await session.scalars(query))


async def open_attempts(session: AsyncSession, member_id: UUID | None) -> dict[UUID, Attempt]:
    """What a member is sitting, by course."""
    query = select(Attempt).where(of_this_firm(Attempt), Attempt.member_id == member_id, Attempt.handed_in_at.is_(None))
    return {attempt.course_id: attempt for attempt in await session.scalars(query)}


async def attempts(session: AsyncSession, member_id: UUID | None, course_id: UUID) -> Sequence[Attempt]:
    """The newest first."""
    query = select(Attempt).where(of_this_firm(Attempt), Attempt.member_id == member_id, Attempt.course_id == course_id)
    return (await session.scalars(query.order_by(Attempt.number.desc()))).all()


async def reopenings(session: AsyncSession, member_id: UUID | None, course_id: UUID) -> Sequence[Reopening]:
    query = select(Reopening).where(
        of_this_firm(Reopening), Reopening.member_id == member_id, Reopening.course_id == course_id
    )
    return (await session.scalars(query.order_by(Reopening.at))).all()


async def attempt(session: AsyncSession, attempt_id: UUID, *, lock: bool = False) -> Attempt:
    return await own_row(session, Attempt, attempt_id, lock=lock)


async def items(session: AsyncSession, attempt_id: UUID) -> list[tuple[ExamItem, Question]]:
    """The drawn questions in their order."""
    query = (
        select(ExamItem, Question)
        .join(Question, (Question.firm_id == ExamItem.firm_id) & (Question.id == ExamItem.question_id))
        .where(of_this_firm(ExamItem), ExamItem.attempt_id == attempt_id)
        .order_by(ExamItem.position)
    )
    return [(item, question) for item, question in (await session.execute(query)).all()]


async def certificate_of(
    session: AsyncSession, member_id: UUID | None, course_id: UUID, on: date
) -> Certificate | None:
    """The certificate valid on that day, the one that lasts longest."""
    query = select(Certificate).where(
        of_this_firm(Certificate),
        Certificate.member_id == member_id,
        Certificate.course_id == course_id,
        Certificate.withdrawn_at.is_(None),
        Certificate.valid_until >= on,
    )
    return (await session.scalars(query.order_by(Certificate.valid_until.desc()).limit(1))).first()


async def certificates_of(session: AsyncSession, member_id: UUID | None) -> Sequence[Certificate]:
    """All of a member, the newest first."""
    query = select(Certificate).where(of_this_firm(Certificate), Certificate.member_id == member_id)
    return (await session.scalars(query.order_by(Certificate.issued_at.desc(), Certificate.id))).all()


async def certificate(session: AsyncSession, certificate_id: UUID) -> Certificate:
    return await own_row(session, Certificate, certificate_id)


async def certificate_by_code(session: AsyncSession, code_hash: str) -> Certificate | None:
    query = select(Certificate).where(of_this_firm(Certificate), Certificate.code_hash == code_hash)
    found: Certificate | None = await session.scalar(query)
    return found


async def banks(session: AsyncSession, version_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many questions each version has."""
    query = (
        select(Question.version_id, func.count().label("n"))
        .where(of_this_firm(Question), Question.version_id.in_(version_ids))
        .group_by(Question.version_id)
    )
    return {row.version_id: row.n for row in await session.execute(query)}
