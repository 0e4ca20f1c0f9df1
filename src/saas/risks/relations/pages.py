"""The signs that one client may leave, and what came of calling it: where the task leads, and where it is finished."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Forbidden
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.risks.relations import watching
from saas.tasks.models import Task

SIGNS = "/f/{slug:str}/clients/{client_id:uuid}/signs"


class Called(Struct):
    """What the client said, and what was agreed."""

    note: Annotated[str, Meta(max_length=1000)]


@get(SIGNS, opt={"permission": "risks.read"})
async def signs(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[str]:
    return await _show(request, session, client_id)


@post(SIGNS, opt={"permission": "tasks.write"}, status_code=200)
async def called(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[Any]:
    """Somebody called: the task is done, and for a month nobody is asked again."""
    client, actor, now = await clients.client(session, client_id), actor_of(request), clock.now()
    form = await submitted(request, Called)
    if not form.ok:
        return await _show(request, session, client_id, form, 422)
    waiting = await watching.open_tasks(session, client_id)
    if any(not _theirs(actor, task) for task in waiting):
        raise Forbidden(_("This task was given to somebody else."), action="risks.called", subject_id=client_id)
    for task in waiting:
        task.finish(now, actor.id)
    if waiting:
        record(session, actor, "risks.called", now, subject=client, client_id=client_id, timeline=True,
               summary=form.taken.note[:200])  # fmt: skip
    return to(f"/clients/{client_id}#signs", request)


def _theirs(actor: Actor, task: Task) -> bool:
    mine = task.assignee_id == actor.id or (task.assignee_id is None and task.role in actor.roles)
    return mine or actor.may("tasks.assign")


async def _show(
    request: Req, session: AsyncSession, client_id: UUID, form: Submitted[Any] | None = None, status: int = 200
) -> Response[str]:
    client, actor = await clients.client(session, client_id), actor_of(request)
    waiting = await watching.open_tasks(session, client_id)
    return await page(
        request,
        "risks/signs.html",
        session=session,
        status=status,
        client=client,
        contacts=await clients.contacts(session, client_id),
        panel={**await watching.standing(session, client, clock.now()), "shown": True, "url": ""},
        may_finish=bool(waiting) and all(_theirs(actor, task) for task in waiting) and actor.may("tasks.write"),
        waits=bool(waiting),
        form=form or Submitted(),
    )


ROUTES = [signs, called]
