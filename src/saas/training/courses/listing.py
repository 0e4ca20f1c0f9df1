"""Courses, attempts and certificates as rows of lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.i18n import _
from saas.kernel.pages import show_date, show_datetime
from saas.training import queries
from saas.training.assigning.queries import due_of
from saas.training.certificates.issuing import serial_text
from saas.training.course_models import Course, CourseVersion
from saas.training.exam_models import Attempt, Certificate
from saas.training.frame import topic
from saas.training.wording import said

At = Callable[[str], str]
SOON = timedelta(days=60)


async def due(
    session: AsyncSession, actor: Actor, versions: Mapping[UUID, CourseVersion], at: At
) -> list[dict[str, Any]]:
    """What is assigned and open, the earliest due first."""
    if actor.id is None:
        return []
    now = clock.now()
    return [
        {
            "title": said(versions[row.course_id].title),
            "reason": row.reason or "",
            "url": at(f"/training/courses/{row.course_id}"),
            "due": show_date(row.due_at),
            "tone": "red" if row.due_at < now else "amber" if row.due_at - now < timedelta(days=3) else "",
            "left": _("overdue") if row.due_at < now else _("due"),
        }
        for row in await due_of(session, actor.id)
        if row.course_id in versions
    ]


async def begun(
    session: AsyncSession, actor: Actor, versions: Mapping[UUID, CourseVersion], at: At
) -> list[dict[str, Any]]:
    """Exams that are open, with how long still."""
    return [
        {
            "title": said(versions[course_id].title),
            "url": at(f"/training/exams/{row.id}"),
            "note": _("until %(time)s", time=show_datetime(row.ends_at)) if row.ends_at else _("no time limit"),
        }
        for course_id, row in (await queries.open_attempts(session, actor.id)).items()
        if course_id in versions
    ]


async def courses(session: AsyncSession, actor: Actor, at: At) -> list[dict[str, Any]]:
    """Rows of all courses; a trainer also sees what is not published, or out of use."""
    published = {course.id: version for course, version in await queries.published(session, retired=True)}
    banks = await queries.banks(session, [version.id for version in published.values()])
    held = {c.course_id: c for c in reversed(await queries.certificates_of(session, actor.id))}
    shown = [
        course
        for course in await queries.all_courses(session)
        if actor.may("training.teach") or (course.retired_at is None and course.id in published)
    ]
    return [_course(course, published.get(course.id), banks, held.get(course.id), at) for course in shown]


def _course(
    course: Course, version: CourseVersion | None, banks: Mapping[UUID, int], held: Certificate | None, at: At
) -> dict[str, Any]:
    url = at(f"/training/courses/{course.id}")
    if version is None:
        draft = {"label": _("Draft"), "tone": "", "icon": "edit"}
        return {"title": course.slug, "note": "", "url": f"{url}/draft", "topic": "", "badge": draft, "credits": ""}
    badge = {"label": _("Out of use"), "tone": "", "icon": "archive"} if course.retired_at else _standing(held)
    return {
        "title": said(version.title),
        "note": said(version.summary),
        "url": url,
        "topic": topic(version.topic),
        "bank": banks.get(version.id, 0),
        "credits": version.credits,
        "mandatory": version.mandatory,
        "badge": badge,
    }


def _standing(held: Certificate | None) -> dict[str, Any] | None:
    if held is None:
        return None
    if not held.is_valid(clock.today()):
        return {"label": _("Ended"), "tone": "red", "icon": "alarm"}
    return {"label": _("Certified until %(day)s", day=show_date(held.valid_until)), "tone": "green", "icon": "check"}


def attempt(row: Attempt, at: At) -> dict[str, Any]:
    """For ui.rows."""
    open_still = row.handed_in_at is None
    result = (
        _("passed, %(percent)s %%", percent=row.percent)
        if row.passed
        else _("not passed, %(percent)s %%", percent=row.percent)
    )
    return {
        "label": _("Attempt %(number)s", number=row.number),
        "url": at(f"/training/exams/{row.id}"),
        "note": show_datetime(row.handed_in_at or row.started_at),
        "value": _("open") if open_still else result,
    }


def certificate(row: Certificate, today: date, at: At) -> dict[str, Any]:
    """For the list of certificates."""
    if row.withdrawn_at is not None:
        badge = {"label": _("Withdrawn"), "tone": "red", "icon": "ban"}
    elif row.valid_until < today:
        badge = {"label": _("Ended"), "tone": "red", "icon": "alarm"}
    elif row.valid_until - today < SOON:
        badge = {"label": _("Ends soon"), "tone": "amber", "icon": "clock"}
    else:
        badge = {"label": _("Valid"), "tone": "green", "icon": "check"}
    return {
        "title": said(row.title),
        "url": at(f"/training/certificates/{row.id}"),
        "serial": serial_text(row),
        "score": f"{row.percent} %",
        "until": show_date(row.valid_until),
        "badge": badge,
    }
