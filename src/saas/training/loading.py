"""Fill a firm with the starter's courses: what it has already stays as the firm made it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock, tenancy
from saas.kernel.access import SYSTEM
from saas.kernel.config import active
from saas.kernel.files import store_of
from saas.kernel.identifiers import uuid7
from saas.kernel.module import Event
from saas.kernel.perform import tell
from saas.kernel.tenancy import of_this_firm
from saas.training import starter
from saas.training.course_models import Course, CourseFile, CourseVersion, Lesson, Question
from saas.training.course_text import CourseText

SETTINGS = (
    "topic", "credits", "subject", "pass_mark", "asked", "minutes", "attempts", "valid_months", "mandatory", "roles",
    "rules", "causes", "qualifications", "bound_to",
)  # fmt: skip


async def begin(session: AsyncSession, subject_id: str = "") -> None:
    """The job "training.begin": every course the firm does not have yet, published; safe to repeat."""
    now = clock.now()
    known = set(await session.scalars(select(Course.slug).where(of_this_firm(Course))))
    for text in starter.courses():
        if text.slug not in known:
            version = await add_course(session, text, now)
            await tell(session, Event("training.published", version, SYSTEM, now))


async def add_course(session: AsyncSession, text: CourseText, now: datetime) -> CourseVersion:
    """One course of the starter with its version 1."""
    course = Course(id=uuid7(), slug=text.slug, starter=True, created_at=now)
    version = CourseVersion(
        id=uuid7(),
        course_id=course.id,
        number=1,
        title=_both(text.title),
        summary=_both(text.summary),
        made_by=None,
        made_at=now,
        **{name: getattr(text, name) for name in SETTINGS},
    )
    session.add(course)
    await session.flush()
    session.add(version)
    await session.flush()
    if text.lessons:
        await session.execute(insert(Lesson), _lessons(text, version.id))
    if text.questions:
        await session.execute(insert(Question), _questions(text, version.id))
    await _pictures(session, text, course.id, now)
    course.published_id, version.published_at = version.id, now
    await session.flush()
    return version


def _lessons(text: CourseText, version_id: UUID) -> list[dict[str, Any]]:
    return [
        _row(version_id, number, slug=lesson.slug, minutes=lesson.minutes)
        | {"title": _both(lesson.title), "body": _both(lesson.body)}
        for number, lesson in enumerate(text.lessons, 1)
    ]


def _questions(text: CourseText, version_id: UUID) -> list[dict[str, Any]]:
    return [
        _row(version_id, number, key=question.id, kind=question.kind, hard=question.hard, content=question.stored())
        | {name: _both(getattr(question, name)) for name in ("stem", "why", "source")}
        for number, question in enumerate(text.questions, 1)
    ]


def _row(version_id: UUID, number: int, **values: Any) -> dict[str, Any]:
    return {
        "firm_id": tenancy.current_firm_id(), "id": uuid7(), "version_id": version_id, "position": number, **values,
    }  # fmt: skip


async def _pictures(session: AsyncSession, text: CourseText, course_id: UUID, now: datetime) -> None:
    for name in starter.pictures_of(text):
        content = (starter.PICTURES / name).read_bytes()
        digest = await store_of(active()).put(tenancy.current_firm_id(), content)
        session.add(CourseFile(course_id=course_id, name=name, sha256=digest, size=len(content), added_at=now))


def _both(text: Any) -> dict[str, Any]:
    stored: dict[str, Any] = msgspec.to_builtins(text)
    return stored
