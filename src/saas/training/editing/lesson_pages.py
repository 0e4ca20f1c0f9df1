"""Lessons of a draft: written in Markdown with a preview; pictures and files of the course."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock, tenancy
from saas.kernel.config import active
from saas.kernel.files import store_of
from saas.kernel.forms import Submitted, raw_form, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.identifiers import uuid7
from saas.kernel.markdown import render
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.training import queries
from saas.training.course_models import CourseFile, CourseVersion, Lesson
from saas.training.courses.media import KINDS, ending
from saas.training.courses.pages import pictures
from saas.training.editing import drafts, pages
from saas.training.forms import LessonForm, Upload
from saas.training.wording import said

DRAFT = "/f/{slug:str}/training/courses/{course_id:uuid}/draft"
ONE = f"{DRAFT}/lessons/{{lesson_id:uuid}}"
LARGEST = 10 * 1024 * 1024


@get(f"{DRAFT}/lessons/new", opt={"permission": "training.teach"})
async def new(request: Req, session: Db, course_id: FromPath[UUID]) -> Response[str]:
    draft = await drafts.the_draft(session, course_id)
    return await _edit(request, session, draft, None, Submitted({"minutes": "5"}))


@post(f"{DRAFT}/lessons/new", opt={"permission": "training.teach"})
async def add(request: Req, session: Db, course_id: FromPath[UUID]) -> Response[Any]:
    draft, form = await drafts.the_draft(session, course_id), await submitted(request, LessonForm)
    if not form.ok:
        return await _edit(request, session, draft, None, form, 422)
    position = len(await queries.lessons(session, draft.id)) + 1
    lesson = Lesson(version_id=draft.id, position=position, slug=f"l-{uuid7().hex[-10:]}", title={}, body={})
    _take(lesson, form.taken)
    session.add(lesson)
    return _back(request, course_id)


@get(ONE, opt={"permission": "training.teach"})
async def edit(request: Req, session: Db, course_id: FromPath[UUID], lesson_id: FromPath[UUID]) -> Response[str]:
    draft = await drafts.the_draft(session, course_id)
    lesson = await drafts.lesson_of(session, draft, lesson_id)
    return await _edit(request, session, draft, lesson, Submitted(_raw(lesson)))


@post(ONE, opt={"permission": "training.teach"})
async def save(request: Req, session: Db, course_id: FromPath[UUID], lesson_id: FromPath[UUID]) -> Response[Any]:
    draft = await drafts.the_draft(session, course_id)
    lesson, raw = await drafts.lesson_of(session, draft, lesson_id), await raw_form(request)
    if raw.get("go") == "preview":
        return await _edit(request, session, draft, lesson, Submitted(raw))
    form = await submitted(request, LessonForm)
    if not form.ok:
        return await _edit(request, session, draft, lesson, form, 422)
    _take(lesson, form.taken)
    return _back(request, course_id)


@post(f"{ONE}/up", opt={"permission": "training.teach"})
async def move_up(request: Req, session: Db, course_id: FromPath[UUID], lesson_id: FromPath[UUID]) -> Response[Any]:
    """One place further to the front."""
    draft = await drafts.the_draft(session, course_id)
    lesson = await drafts.lesson_of(session, draft, lesson_id)
    rows = [row for row in await queries.lessons(session, draft.id) if row.id != lesson.id]
    rows.insert(max(0, sum(row.position < lesson.position for row in rows) - 1), lesson)
    for position, row in enumerate(rows, 1):
        row.position = position
    return _back(request, course_id, "moved")


@post(f"{ONE}/remove", opt={"permission": "training.teach"})
async def remove(request: Req, session: Db, course_id: FromPath[UUID], lesson_id: FromPath[UUID]) -> Response[Any]:
    draft = await drafts.the_draft(session, course_id)
    await session.delete(await drafts.lesson_of(session, draft, lesson_id))
    return _back(request, course_id)


@post(f"{DRAFT}/files", opt={"permission": "training.teach"})
async def upload(request: Req, session: Db, course_id: FromPath[UUID]) -> Response[Any]:
    """A picture or a file. A name that is taken stays what it is: published lessons show it."""
    await drafts.the_draft(session, course_id)
    form = await submitted(request, Upload)
    if form.ok:
        content = await form.taken.file.read()
        name = PurePath(form.taken.file.filename or "file").name[-120:]
        reason = _why_not(name, content, {file.name for file in await queries.files(session, course_id)})
        if reason is None:
            digest = await store_of(active()).put(tenancy.current_firm_id(), content)
            row = CourseFile(
                course_id=course_id, name=name, sha256=digest, size=len(content),
                added_by=actor_of(request).id, added_at=clock.now(),
            )  # fmt: skip
            session.add(row)
            return _back(request, course_id)
        form.refuse("file", reason)
    return await pages.show(request, session, course_id, publish_form=form, status=422)


def _why_not(name: str, content: bytes, taken: set[str]) -> Text | None:
    if not content:
        return _("The file “%(name)s” is empty.", name=name)
    if len(content) > LARGEST:
        return _("The file “%(name)s” is larger than %(n)s MB.", name=name, n=LARGEST // 1024 // 1024)
    if ending(name) not in KINDS:
        return _("Pictures, PDF, Excel, Word, CSV and text files can be added here.")
    if name in taken:
        return _("There is a file “%(name)s” already, which lessons may show: give this one another name.", name=name)
    return None


def _take(lesson: Lesson, given: LessonForm) -> None:
    lesson.title = {"zh": given.title_zh, "en": given.title_en}
    lesson.body = {"zh": given.body_zh, "en": given.body_en}
    lesson.minutes = given.minutes


def _raw(lesson: Lesson) -> dict[str, Any]:
    return {
        "title_zh": lesson.title.get("zh", ""),
        "title_en": lesson.title.get("en", ""),
        "body_zh": lesson.body.get("zh", ""),
        "body_en": lesson.body.get("en", ""),
        "minutes": str(lesson.minutes),
    }


def _back(request: Req, course_id: UUID, done: str = "saved") -> Response[Any]:
    return to(f"/training/courses/{course_id}/draft?done={done}", request)


async def _edit(
    request: Req,
    session: AsyncSession,
    draft: CourseVersion,
    lesson: Lesson | None,
    form: Submitted[Any],
    status: int = 200,
) -> Response[str]:
    images = await pictures(session, draft.course_id, address_in(request))
    typed = {language: str(form.raw.get(f"body_{language}", "")) for language in ("zh", "en")}
    return await page(
        request,
        "training/edit/lesson.html",
        session=session,
        course_id=draft.course_id,
        course_title=said(draft.title),
        lesson=lesson,
        form=form,
        previews=[(language, render(text, images=images)) for language, text in typed.items() if text],
        pictures=sorted(images),
        status=status,
    )


ROUTES = [new, add, edit, save, move_up, remove, upload]
