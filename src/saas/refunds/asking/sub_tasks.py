"""Parts of a refund's work for finance, sales or whoever knows, each with its own day (requirement R12.1)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath

from saas.kernel import clock
from saas.kernel.errors import Conflict
from saas.kernel.forms import submitted
from saas.kernel.i18n import _
from saas.kernel.pages import Db, Req, actor_of, to
from saas.kernel.perform import locked
from saas.refunds import queries
from saas.refunds.models import Refund
from saas.refunds.pages import ONE, show
from saas.refunds.workflow import OPEN, REFUND
from saas.tasks import parts


@post(f"{ONE}/tasks", opt={"permission": "refunds.work"}, status_code=200)
async def give_task(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    refund = await queries.refund(session, row_id)
    form = await submitted(request, parts.Part)
    await parts.check(session, form)
    if not form.ok:
        return await show(request, session, refund.id, form=form, status=422, opened="task")
    refund = await locked(session, REFUND, refund.id)
    if refund.state not in OPEN:
        raise Conflict(_("This refund is closed: nothing is added to it any more."))
    await parts.give(session, _whole(refund), form.taken, actor_of(request), clock.now())
    return to(f"{REFUND.url(refund)}#tasks", request)


@post(f"{ONE}/tasks/{{task_id:uuid}}/done", opt={"permission": "tasks.write"}, status_code=200)
async def finish_task(request: Req, session: Db, row_id: FromPath[UUID], task_id: FromPath[UUID]) -> Response[Any]:
    """Done: by whom it was given to, by who prepares the refund, or by a manager."""
    refund, actor = await queries.refund(session, row_id), actor_of(request)
    task = await parts.part_of(session, refund.id, task_id)
    parts.finish(session, _whole(refund), task, actor, clock.now(), manages=actor.may("refunds.manage"))
    return to(f"{REFUND.url(refund)}#tasks", request)


def _whole(refund: Refund) -> parts.Whole:
    return parts.Whole(REFUND, refund, refund.number, "refunds.sub_task")


ROUTES = [give_task, finish_task]
