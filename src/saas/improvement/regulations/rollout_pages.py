"""What a manager does with an entry: tasks and cases for every client it touches, who reads it, that it still holds."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath

from saas.improvement.receipts import reading
from saas.improvement.regulations import queries, rollout, watch
from saas.improvement.regulations.forms import Ask, Result, Tasks
from saas.improvement.regulations.pages import ONE, matter, show
from saas.kernel import clock
from saas.kernel.audit import record
from saas.kernel.errors import Forbidden, Invalid
from saas.kernel.forms import submitted
from saas.kernel.i18n import _
from saas.kernel.pages import Db, Req, actor_of, to
from saas.tasks.models import Task


@post(f"{ONE}/tasks", opt={"permission": "improvement.manage"}, status_code=200)
async def tasks(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    """A task for every client it touches, once each; clients that came later get theirs by the same button."""
    one, form = await queries.regulation(session, row_id, lock=True), await submitted(request, Tasks)
    if form.ok and form.taken.due_on < clock.today():
        form.refuse("due_on", _("Choose a day that is still to come."))
    if not form.ok:
        return await show(request, session, row_id, form=form, opened="tasks", status=422)
    try:
        await rollout.give_tasks(session, actor_of(request), one, form.taken.due_on, clock.now())
    except Invalid as refusal:
        return await show(request, session, row_id, refusal=refusal.reason, status=422)
    return to(f"{rollout.url(one)}#clients", request)


@post(f"{ONE}/cases", opt={"permission": "improvement.manage"}, status_code=200)
async def cases(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    """A case of external cause for every client it touches (requirement A1.3), once each."""
    one = await queries.regulation(session, row_id, lock=True)
    try:
        await rollout.ask_for_cases(session, actor_of(request), one, clock.now())
    except Invalid as refusal:
        return await show(request, session, row_id, refusal=refusal.reason, status=422)
    return to(f"{rollout.url(one)}#clients", request)


@post(f"{ONE}/clients/{{client_id:uuid}}/done", opt={"permission": "tasks.write"}, status_code=200)
async def done(request: Req, session: Db, row_id: FromPath[UUID], client_id: FromPath[UUID]) -> Response[Any]:
    """Done for one client, and what was done: by whom it was given to, or by a manager."""
    one = await queries.regulation(session, row_id)
    row = await queries.one_touched(session, row_id, client_id)
    form, actor = await submitted(request, Result), actor_of(request)
    if not form.ok:
        return await show(request, session, row_id, form=form, opened=f"done-{client_id}", status=422)
    task = await session.get(Task, (row.firm_id, row.task_id)) if row.task_id else None
    theirs = task is not None and task.assignee_id not in (None, actor.id)
    if theirs and not actor.may("improvement.manage"):
        raise Forbidden(_("This task was given to somebody else."), action="improvement.rolled_out", subject_id=row.id)
    await rollout.finish(session, row, actor, form.taken.result, clock.now())
    return to(f"{rollout.url(one)}#clients", request)


@post(f"{ONE}/ask", opt={"permission": "improvement.register"}, status_code=200)
async def ask(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    """Everybody with these roles reads it and answers its quiz."""
    one, form = await queries.regulation(session, row_id), await submitted(request, Ask)
    if form.ok and not form.taken.roles:
        form.refuse("roles", _("Choose at least one role."))
    if not form.ok:
        return await show(request, session, row_id, form=form, opened="ask", status=422)
    actor, now = actor_of(request), clock.now()
    asked = await reading.ask(session, actor, matter(one), form.taken.roles, form.taken.days, now)
    if asked:
        record(session, actor, "improvement.ask_to_read", now, subject=one, summary=str(rollout.title(one)),
               people=len(asked))  # fmt: skip
    return to(f"{rollout.url(one)}#receipts", request)


@post(f"{ONE}/still", opt={"permission": "improvement.register"}, status_code=200)
async def still(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    """Looked at: it still holds as it stands here."""
    one, actor, now = await queries.regulation(session, row_id, lock=True), actor_of(request), clock.now()
    if one.reviewed_on != clock.today():
        one.reviewed_on, one.reviewed_by = clock.today(), actor.id
        record(session, actor, "improvement.reviewed", now, subject=one, summary=str(rollout.title(one)))
        await session.flush()
        await watch.end_review(session, actor.id)
    return to(rollout.url(one), request)


@post(f"{ONE}/ready", opt={"permission": "improvement.manage"}, status_code=200)
async def ready(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    """Everybody is prepared for the day on which it begins or ends."""
    one = await queries.regulation(session, row_id)
    await watch.is_ready(session, one, actor_of(request).id)
    return to(rollout.url(one), request)


@post(f"{ONE}/archive", opt={"permission": "improvement.register"}, status_code=200)
async def archive(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    """Not of this firm's business: it leaves the lists, and nobody waits for its day; receipts and tasks stay."""
    one, actor, now = await queries.regulation(session, row_id, lock=True), actor_of(request), clock.now()
    if one.archived_at is None:
        one.archived_at = now
        record(session, actor, "improvement.archive", now, subject=one, summary=str(rollout.title(one)))
        await session.flush()
        await watch.is_ready(session, one, actor.id)
        await watch.end_review(session, actor.id)
    return to("/improvement/regulations", request)


ROUTES = [tasks, cases, done, ask, still, ready, archive]
