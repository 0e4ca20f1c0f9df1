"""Courses and certificates for the tests of who has to learn what, without lessons and exams."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from saas.kernel import clock, jobs
from saas.kernel.identifiers import uuid7
from saas.kernel.module import Event
from saas.kernel.outbox import Outbox
from saas.kernel.perform import tell
from saas.training.course_models import Course, CourseVersion
from saas.training.duty_models import Assignment
from saas.training.exam_models import Attempt, Certificate
from tests.cast import Cast, member_id


async def make_course(cast: Cast, slug: str = "refunds", **settings: Any) -> Course:
    """A published course; `settings` are those of its version."""
    now = clock.now()
    given = {
        "topic": "refunds",
        "title": {"zh": f"课程{slug}", "en": f"Course {slug}"},
        "summary": {"zh": "简介", "en": "Summary"},
        "credits": 4,
        **settings,
    }
    async with cast.transaction() as session:
        course = Course(id=uuid7(), slug=slug, created_at=now)
        session.add(course)
        await session.flush()
        version = CourseVersion(id=uuid7(), course_id=course.id, number=1, made_at=now, published_at=now, **given)
        session.add(version)
        await session.flush()
        course.published_id = version.id
    return course


async def certify(cast: Cast, name: str, course: Course, until: date, issued: datetime | None = None) -> Certificate:
    """The person passed; the module is told as by a handed-in exam."""
    at, who = issued or clock.now(), cast.actors[name]
    async with cast.transaction() as session:
        version = await session.get_one(CourseVersion, (course.firm_id, course.published_id))
        mine = (Attempt.member_id == member_id(who), Attempt.course_id == course.id)
        number = await session.scalar(select(func.count()).select_from(Attempt).where(*mine)) or 0
        attempt = Attempt(
            id=uuid7(), member_id=member_id(who), course_id=course.id, version_id=version.id, number=number + 1, seed=1,
            started_at=at, handed_in_at=at, points=100, full=100, percent=100, passed=True,
        )  # fmt: skip
        session.add(attempt)
        await session.flush()
        paper = Certificate(
            id=uuid7(), member_id=member_id(who), course_id=course.id, version_id=version.id, attempt_id=attempt.id,
            year=at.year, number=int(uuid7().int % 1_000_000_000), code=uuid7().hex, code_hash=uuid7().hex,
            member_name=who.name, title=version.title, version_number=1, percent=100, credits=version.credits,
            qualifications=version.qualifications, issued_at=at, valid_until=until,
        )  # fmt: skip
        session.add(paper)
        await session.flush()
        await tell(session, Event("training.passed", paper, who, at))
    return paper


async def assignments(cast: Cast, name: str = "") -> list[Assignment]:
    """Open ones, of one person or of all."""
    async with cast.transaction() as session:
        query = select(Assignment).where(Assignment.done_at.is_(None), Assignment.waived_at.is_(None))
        if name:
            query = query.where(Assignment.member_id == member_id(cast.actors[name]))
        return list(await session.scalars(query.order_by(Assignment.due_at)))


async def work(cast: Cast, *names: str) -> int:
    """Do the promised jobs of these names, due or not; how many there were."""
    done = 0
    for name in names:
        async with cast.transaction() as session:
            query = select(Outbox.id).where(Outbox.job == name, Outbox.finished_at.is_(None))
            ids: list[UUID] = list(await session.scalars(query.order_by(Outbox.created_at)))
        for job_id in ids:
            await jobs.run_job(cast.database, cast.firm.id, job_id)
            done += 1
    return done


def in_days(days: int) -> date:
    return clock.today() + timedelta(days=days)
