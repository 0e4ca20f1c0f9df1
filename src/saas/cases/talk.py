"""What people add to a case: exchanges with the client, internal notes with @mention, sub-tasks, the lesson."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import chores, queries
from saas.cases.case_page import ONE, show
from saas.cases.forms import LessonForm, NoteForm
from saas.cases.models import Case, Lesson, Note
from saas.cases.workflow import CASE, OPEN
from saas.clients import queries as clients
from saas.clients.exchanges import TWICE, exchange_of, write_down
from saas.firms.notifications import notify
from saas.identity.queries import members
from saas.identity.rules import LEFT
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict
from saas.kernel.forms import submitted
from saas.kernel.i18n import _
from saas.kernel.pages import Db, Req, actor_of, to
from saas.kernel.perform import locked
from saas.notices import calls
from saas.tasks import parts


@post(f"{ONE}/exchanges", opt={"permission": "clients.communicate"}, status_code=200)
async def communicate(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    """The talk with the client, on record for ever (requirement A2.2)."""
    case = await queries.case(session, row_id)
    form = await exchange_of(request)
    if not form.ok:
        return await show(request, session, case.id, form=form, status=422, opened="exchange")
    given, actor, now = form.taken, actor_of(request), clock.now()
    case = await locked(session, CASE, case.id)
    client = await clients.client(session, case.client_id)
    new = await write_down(request, session, client, given, now, subject_kind=CASE.name, subject_id=case.id)
    if new and given.channel == "phone" and given.direction == "out" and given.result:
        await chores.called(session, case.id, actor.id, now)
        if case.notice_id is not None:
            await calls.recorded(session, case.notice_id, actor.id, now, called=True)
    return to(CASE.url(case), request)


@post(f"{ONE}/notes", opt={"permission": "cases.work"}, status_code=200)
async def add_note(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    """An internal note: the client never sees it. Whoever is named with @ is told."""
    case = await queries.case(session, row_id)
    form = await submitted(request, NoteForm)
    if not form.ok:
        return await show(request, session, case.id, form=form, status=422, opened="note")
    await note(session, actor_of(request), case, form.taken.text, clock.now())
    return to(f"{CASE.url(case)}#notes", request)


async def note(session: AsyncSession, actor: Actor, case: Case, text: str, now: datetime) -> Note | None:
    """Keep a note and tell whoever it names; None when it is the same form sent twice."""
    if actor.id is None:
        raise ValueError("a note needs its author")
    case = await locked(session, CASE, case.id)
    known = await queries.notes(session, case.id)
    if any(n.text == text and n.member_id == actor.id and now - n.at < TWICE for n in known):
        return None
    named = [m for m in await members(session) if f"@{m.name}" in text and m.id != actor.id]
    written = Note(case_id=case.id, member_id=actor.id, at=now, text=text, mentions=[str(m.id) for m in named])
    session.add(written)
    record(session, actor, "cases.note", now, subject=written, client_id=case.client_id)
    await session.flush()
    if named:
        said = _("%(name)s mentions you in %(case)s: %(text)s", name=actor.name, case=case.number, text=text[:200])
        await notify(session, [m.id for m in named], "mention", said, f"{CASE.url(case)}#notes", now)
    return written


@post(f"{ONE}/tasks", opt={"permission": "cases.work"}, status_code=200)
async def give_task(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    """A part of the work for somebody else, with its own day (requirement A18.2)."""
    case = await queries.case(session, row_id)
    form = await submitted(request, parts.Part)
    await parts.check(session, form)
    if not form.ok:
        return await show(request, session, case.id, form=form, status=422, opened="task")
    case = await locked(session, CASE, case.id)
    if case.state not in OPEN:
        raise Conflict(_("The case is closed: nothing is added to it any more."))
    await parts.give(session, _whole(case), form.taken, actor_of(request), clock.now())
    return to(f"{CASE.url(case)}#tasks", request)


@post(f"{ONE}/tasks/{{task_id:uuid}}/done", opt={"permission": "tasks.write"}, status_code=200)
async def finish_task(request: Req, session: Db, row_id: FromPath[UUID], task_id: FromPath[UUID]) -> Response[Any]:
    """Done: by whom it was given to, by the case's owner, or by a manager."""
    case, actor = await queries.case(session, row_id), actor_of(request)
    task = await parts.part_of(session, case.id, task_id)
    parts.finish(session, _whole(case), task, actor, clock.now(), manages=actor.may("cases.manage"))
    return to(f"{CASE.url(case)}#tasks", request)


def _whole(case: Case) -> parts.Whole:
    return parts.Whole(CASE, case, case.number, "cases.sub_task")


@post(f"{ONE}/lesson", opt={"permission": "cases.work"}, status_code=200)
async def write_lesson(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    """Five whys, what will be done, by whom and when (requirement A7.1); it may be improved until the case closes."""
    case = await queries.case(session, row_id)
    form = await submitted(request, LessonForm)
    if form.ok and form.taken.action_owner_id not in {m.id for m in await members(session)}:
        form.refuse("action_owner_id", LEFT)
    if not form.ok:
        return await show(request, session, case.id, form=form, status=422, opened="lesson")
    case, given, actor, now = await locked(session, CASE, case.id), form.taken, actor_of(request), clock.now()
    if case.state not in OPEN or actor.id is None:
        raise Conflict(_("The case is closed: nothing is added to it any more."))
    lesson = await queries.lesson(session, case.id)
    if lesson is None:
        lesson = Lesson(case_id=case.id, written_by=actor.id, written_at=now, whys=[], action="")
        session.add(lesson)
    lesson.whys, lesson.action = given.whys, given.action
    lesson.action_owner_id, lesson.action_due = given.action_owner_id, given.action_due
    lesson.written_by, lesson.written_at = actor.id, now
    record(session, actor, "cases.lesson", now, subject=case, client_id=case.client_id, summary=given.action[:200])
    return to(f"{CASE.url(case)}#lessons", request)


ROUTES = [communicate, add_note, give_task, finish_task, write_lesson]
