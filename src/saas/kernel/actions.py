"""The routes of a workflow: one POST for each action of its table, with the permission the table says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from uuid import UUID

from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.errors import Forbidden, FreshSignInNeeded, Missing, Refusal, SecondFactorNeeded
from saas.kernel.forms import Submitted, submitted
from saas.kernel.pages import Db, Req, actor_of, to
from saas.kernel.perform import locked, perform
from saas.kernel.refusals import note_attempt
from saas.kernel.web import MEMBER
from saas.kernel.workflow import Action, Workflow


class Show(Protocol):
    """A module's page of one row; told what was just refused and what was typed, so that nothing is lost."""

    def __call__(
        self,
        request: Req,
        session: AsyncSession,
        row_id: UUID,
        *,
        form: Submitted[Any] | None = None,
        refusal: Refusal | None = None,
        status: int = 200,
    ) -> Awaitable[Response[Any]]: ...


async def noted(request: Req, refusal: Refusal) -> None:
    """For handlers that show a refusal on their own page: audits a denied attempt, raises what needs another page."""
    if isinstance(refusal, FreshSignInNeeded | SecondFactorNeeded | Missing):
        raise refusal
    if isinstance(refusal, Forbidden):
        await note_attempt(request, refusal)


def action_routes(workflow: Workflow, show: Show) -> list[HTTPRouteHandler]:
    """POST /f/{slug}/{path}/{id}/{action} for everything members may do; system actions have no route."""
    names = dict.fromkeys(a.name for a in workflow.actions if a.by == "member")
    return [_route(workflow, workflow.named(name), show) for name in names]


def _route(workflow: Workflow, arrows: list[Action], show: Show) -> HTTPRouteHandler:
    permissions = {a.permission for a in arrows}
    name, form_type = arrows[0].name, arrows[0].form
    return post(
        f"/f/{{slug:str}}/{workflow.path}/{{row_id:uuid}}/{name}",
        opt={"permission": permissions.pop() if len(permissions) == 1 else MEMBER},
        name=f"{workflow.name}.{name}",
        status_code=200,
    )(_handler(workflow, name, form_type, show))


def _handler(workflow: Workflow, name: str, form_type: Any, show: Show) -> Callable[..., Awaitable[Response[Any]]]:
    async def act(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
        form = await submitted(request, form_type) if form_type is not None else None
        if form is not None and not form.ok:
            return await show(request, session, row_id, form=form, status=422)
        value = form.value if form is not None else None
        try:
            async with session.begin_nested():
                row = await perform(session, workflow, row_id, name, actor_of(request), value)
        except Refusal as refusal:
            await noted(request, refusal)
            await locked(session, workflow, row_id)
            return await show(request, session, row_id, form=form, refusal=refusal, status=refusal.status)
        return to(workflow.url(row), request)

    return act
