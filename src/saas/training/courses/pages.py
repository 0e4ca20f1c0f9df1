"""My courses, all courses, one course, its lessons and its pictures."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock, tenancy
from saas.kernel.config import active
from saas.kernel.errors import Missing
from saas.kernel.files import store_of
from saas.kernel.i18n import _
from saas.kernel.identifiers import uuid7
from saas.kernel.markdown import render
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.training import queries
from saas.training.course_models import Course, CourseVersion, Lesson
from saas.training.courses import listing
from saas.training.courses.media import shown_inline
from saas.training.exam_models import LessonRead
from saas.training.exams.sitting import chance_of
from saas.training.frame import SUBJECTS, rooms, topic
from saas.training.wording import said

ROOT = "/f/{slug:str}/training"
COURSE = f"{ROOT}/courses/{{course_id:uuid}}"


@get(ROOT, opt={"permission": "training.read"})
async def mine(request: Req, session: Db) -> Response[str]:
    """What I have to learn by when, what I am in the middle of, and my certificates."""
    actor, today = actor_of(request), clock.today()
    at = address_in(request)
    courses = await queries.published(session, retired=True)
    versions = {course.id: version for course, version in courses}
    return await page(
        request,
        "training/index.html",
        session=session,
        rooms=rooms(request, "mine"),
        due=await listing.due(session, actor, versions, at),
        begun=await listing.begun(session, actor, versions, at),
        certificates=[listing.certificate(c, today, at) for c in await queries.certificates_of(session, actor.id)],
    )


@get(f"{ROOT}/courses", opt={"permission": "training.read"})
async def index(request: Req, session: Db) -> Response[str]:
    """Every course in use; for trainers also drafts and those out of use."""
    actor = actor_of(request)
    return await page(
        request,
        "training/courses.html",
        session=session,
        rooms=rooms(request, "courses"),
        rows=await listing.courses(session, actor, address_in(request)),
        may_teach=actor.may("training.teach"),
    )


@get(COURSE, opt={"permission": "training.read"})
async def detail(request: Req, session: Db, course_id: FromPath[UUID], done: FromQuery[str] = "") -> Response[str]:
    course = await queries.course(session, course_id)
    if course.published_id is None:
        return await _unpublished(request, course)
    actor, today = actor_of(request), clock.today()
    version = await queries.version(session, course.published_id)
    lessons = await queries.lessons(session, version.id)
    read = await queries.read_by(session, actor.id, course_id)
    at = address_in(request)
    return await page(
        request,
        "training/course.html",
        session=session,
        course=course,
        version=version,
        title=said(version.title),
        summary=said(version.summary),
        facts=_facts(version),
        lessons=[_lesson_row(at, course_id, lesson, read) for lesson in lessons],
        bank=(await queries.banks(session, [version.id])).get(version.id, 0),
        chance=await chance_of(session, actor, course, version, today),
        open=(await queries.open_attempts(session, actor.id)).get(course_id),
        attempts=[listing.attempt(a, at) for a in await queries.attempts(session, actor.id, course_id)],
        certificate=await queries.certificate_of(session, actor.id, course_id, today),
        may_teach=actor.may("training.teach"),
        may_see=actor.may("training.results"),
        done=done,
    )


async def _unpublished(request: Req, course: Course) -> Response[Any]:
    """A course without any version: its trainers find the draft, the others find nothing."""
    if not actor_of(request).may("training.teach"):
        raise Missing()
    return to(f"/training/courses/{course.id}/draft", request)


@get(f"{COURSE}/lessons/{{lesson:str}}", opt={"permission": "training.read"})
async def lesson(request: Req, session: Db, course_id: FromPath[UUID], lesson: FromPath[str]) -> Response[str]:
    """One lesson of the version in force, with the way to the next."""
    version = await queries.version_of(session, course_id)
    lessons = list(await queries.lessons(session, version.id))
    place = _place(lessons, lesson)
    at, read = address_in(request), await queries.read_by(session, actor_of(request).id, course_id)
    here = lessons[place]
    return await page(
        request,
        "training/lesson.html",
        session=session,
        course_id=course_id,
        course_title=said(version.title),
        title=said(here.title),
        lesson=here,
        body=render(said(here.body), images=await pictures(session, course_id, at)),
        is_read=here.slug in read,
        rows=[_lesson_row(at, course_id, other, read) for other in lessons],
        before=lessons[place - 1].slug if place else "",
        last=place + 1 == len(lessons),
        may_learn=actor_of(request).may("training.learn"),
        number=place + 1,
        total=len(lessons),
    )


@post(f"{COURSE}/lessons/{{lesson:str}}/read", opt={"permission": "training.learn"})
async def has_read(request: Req, session: Db, course_id: FromPath[UUID], lesson: FromPath[str]) -> Response[Any]:
    """Read: go on to the next lesson, after the last one back to the course and its exam."""
    version = await queries.version_of(session, course_id)
    lessons = list(await queries.lessons(session, version.id))
    place, member_id = _place(lessons, lesson), actor_of(request).id
    row = insert(LessonRead).values(
        firm_id=tenancy.current_firm_id(), id=uuid7(), member_id=member_id, course_id=course_id,
        slug=lesson, version_id=version.id, read_at=clock.now(),
    )  # fmt: skip
    await session.execute(row.on_conflict_do_nothing())
    if place + 1 < len(lessons):
        return to(f"/training/courses/{course_id}/lessons/{lessons[place + 1].slug}", request)
    return to(f"/training/courses/{course_id}?done=read", request)


@get(f"{COURSE}/files/{{name:str}}", opt={"permission": "training.read"})
async def file(session: Db, course_id: FromPath[UUID], name: FromPath[str]) -> Response[bytes]:
    """A picture is shown where it stands, anything else is saved; neither ever runs."""
    found = next((f for f in await queries.files(session, course_id) if f.name == name), None)
    if found is None:
        raise Missing()
    return shown_inline(await store_of(active()).get(tenancy.current_firm_id(), found.sha256), name)


async def pictures(session: AsyncSession, course_id: UUID, at: Any) -> dict[str, str]:
    """The addresses of a course's files by the names its lessons call them."""
    files = await queries.files(session, course_id)
    return {file.name: at(f"/training/courses/{course_id}/files/{file.name}") for file in files}


def _place(lessons: list[Lesson], slug: str) -> int:
    place = next((n for n, lesson in enumerate(lessons) if lesson.slug == slug), None)
    if place is None:
        raise Missing()
    return place


def _lesson_row(at: Any, course_id: UUID, lesson: Lesson, read: set[str]) -> dict[str, Any]:
    return {
        "label": said(lesson.title),
        "note": _("%(n)s min", n=lesson.minutes),
        "url": at(f"/training/courses/{course_id}/lessons/{lesson.slug}"),
        "value": _("read") if lesson.slug in read else "",
    }


def _facts(version: CourseVersion) -> list[dict[str, Any]]:
    """What a learner wants to know before beginning."""
    return [
        {"label": _("Topic"), "value": topic(version.topic)},
        {"label": _("Credits of continuing education"), "value": version.credits},
        {"label": _("Kind of subject"), "value": SUBJECTS[version.subject]},
        {"label": _("Questions asked"), "value": version.asked},
        {"label": _("Pass mark"), "value": f"{version.pass_mark} %"},
        {"label": _("Time"), "value": _("%(n)s min", n=version.minutes) if version.minutes else _("no limit")},
        {"label": _("Certificate valid"), "value": _("%(n)s months", n=version.valid_months)},
        {"label": _("Version"), "value": version.number},
    ]


ROUTES = [mine, index, detail, lesson, has_read, file]
