"""A draft version: begun from the version in force, edited, published with a note, or thrown away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import tenancy
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict, Missing
from saas.kernel.i18n import Text, _
from saas.kernel.identifiers import uuid7
from saas.kernel.module import Event
from saas.kernel.perform import tell
from saas.kernel.tenancy import of_this_firm
from saas.training import queries
from saas.training.course_models import Course, CourseVersion, Lesson, Question
from saas.training.course_rules import faults_of_bank
from saas.training.loading import SETTINGS

COPIED_LESSON = ("position", "slug", "minutes", "title", "body")
COPIED_QUESTION = (
    "position", "key", "kind", "stem", "content", "why", "source", "hard", "origin_kind", "origin_id",
)  # fmt: skip


async def draft_of(session: AsyncSession, course_id: UUID, *, lock: bool = False) -> CourseVersion | None:
    query = select(CourseVersion).where(
        of_this_firm(CourseVersion), CourseVersion.course_id == course_id, CourseVersion.published_at.is_(None)
    )
    found: CourseVersion | None = await session.scalar(query.with_for_update() if lock else query)
    return found


async def the_draft(session: AsyncSession, course_id: UUID) -> CourseVersion:
    """Locked, for whoever changes it. Conflict when it was published or thrown away meanwhile."""
    await queries.course(session, course_id)
    found = await draft_of(session, course_id, lock=True)
    if found is None:
        raise Conflict(_("There is no draft any more: it was published or thrown away. Start a new version."))
    return found


async def new_course(session: AsyncSession, title: dict[str, str], actor: Actor, now: datetime) -> Course:
    """A course of the firm's own, with an empty draft."""
    course = Course(id=uuid7(), slug=f"own-{uuid7().hex[-12:]}", created_at=now)
    session.add(course)
    await session.flush()
    draft = CourseVersion(
        course_id=course.id, number=1, topic="corrections", title=title, summary={"zh": "", "en": ""},
        made_by=actor.id, made_at=now,
    )  # fmt: skip
    session.add(draft)
    await session.flush()
    record(session, actor, "training.draft", now, subject=draft, course=title["zh"], version=1)
    return course


async def begin(session: AsyncSession, course_id: UUID, actor: Actor, now: datetime) -> CourseVersion:
    """The course's draft; a new one is a copy of the version in force."""
    await queries.course(session, course_id, lock=True)
    there = await draft_of(session, course_id)
    if there is not None:
        return there
    newest = (await queries.versions(session, course_id))[0]
    draft = CourseVersion(
        id=uuid7(),
        course_id=course_id,
        number=newest.number + 1,
        title=newest.title,
        summary=newest.summary,
        made_by=actor.id,
        made_at=now,
        **{name: getattr(newest, name) for name in SETTINGS},
    )
    session.add(draft)
    await session.flush()
    await _copy(session, Lesson, await queries.lessons(session, newest.id), COPIED_LESSON, draft.id)
    await _copy(session, Question, await queries.questions(session, newest.id), COPIED_QUESTION, draft.id)
    record(session, actor, "training.draft", now, subject=draft, course=draft.title["zh"], version=draft.number)
    return draft


async def _copy(
    session: AsyncSession, table: type[Lesson | Question], rows: Sequence[Any], names: Sequence[str], version_id: UUID
) -> None:
    if rows:
        own = {"firm_id": tenancy.current_firm_id(), "version_id": version_id}
        values = [own | {"id": uuid7()} | {name: getattr(row, name) for name in names} for row in rows]
        await session.execute(insert(table), values)


async def faults(session: AsyncSession, draft: CourseVersion) -> list[Text]:
    """Why this draft cannot be published; [] when it can."""
    questions = await queries.questions(session, draft.id)
    lessons = await queries.lessons(session, draft.id)
    found = [] if lessons or questions else [_("It has neither a lesson nor a question.")]
    if not draft.title.get("zh", "").strip():
        found.append(_("It has no title."))
    found += [
        _("The lesson “%(lesson)s” is empty.", lesson=lesson.title.get("zh", ""))
        for lesson in lessons
        if not lesson.body.get("zh", "").strip()
    ]
    return [*found, *(faults_of_bank(questions, draft.asked) if questions else [])]


async def publish(session: AsyncSession, course_id: UUID, note: str, actor: Actor, now: datetime) -> CourseVersion:
    """From now on it is in force for whoever begins; who sits an exam finishes the version they began."""
    course = await queries.course(session, course_id, lock=True)
    draft = await the_draft(session, course_id)
    if found := await faults(session, draft):
        raise Conflict(_("It cannot be published yet: %(fault)s", fault=found[0]))
    draft.change_note, draft.published_by, draft.published_at = note, actor.id, now
    course.published_id = draft.id
    await session.flush()
    title = draft.title["zh"]
    record(session, actor, "training.publish", now, subject=draft, course=title, version=draft.number, reason=note)
    await tell(session, Event("training.published", draft, actor, now))
    return draft


async def discard(session: AsyncSession, course_id: UUID, actor: Actor, now: datetime) -> bool:
    """Throw the draft away; a course that was never published goes with it. True when the course stays."""
    course = await queries.course(session, course_id, lock=True)
    draft = await the_draft(session, course_id)
    record(session, actor, "training.discard", now, subject=draft, course=draft.title["zh"], version=draft.number)
    for table in (Lesson, Question):
        await session.execute(delete(table).where(of_this_firm(table), table.version_id == draft.id))
    await session.delete(draft)
    await session.flush()
    if course.published_id is not None:
        return True
    if not await queries.files(session, course_id):
        await session.delete(course)
    return False


async def lesson_of(session: AsyncSession, draft: CourseVersion, lesson_id: UUID) -> Lesson:
    found = next((row for row in await queries.lessons(session, draft.id) if row.id == lesson_id), None)
    if found is None:
        raise Missing()
    return found


async def question_of(session: AsyncSession, draft: CourseVersion, question_id: UUID) -> Question:
    found = next((row for row in await queries.questions(session, draft.id) if row.id == question_id), None)
    if found is None:
        raise Missing()
    return found
