"""The forms on a refund's page about what is missing: ask, record what came, go on without."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.kernel import clock
from saas.kernel.actions import noted
from saas.kernel.errors import Missing as NotFound
from saas.kernel.errors import Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.pages import Db, Req, actor_of, to
from saas.kernel.uploads import keep
from saas.refunds import queries
from saas.refunds.asking import clarifying
from saas.refunds.asking.clarifying import Given
from saas.refunds.forms import AskPapers, PaperAnswer, Reason
from saas.refunds.pages import ONE, show
from saas.refunds.workflow import REFUND


@post(f"{ONE}/ask", opt={"permission": "refunds.work"}, status_code=200)
async def ask(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    """The ticked papers and what was written become one mail. The same form sent twice sends one."""
    refund = await queries.refund(session, row_id)
    form = await submitted(request, AskPapers)
    if not form.ok:
        return await show(request, session, row_id, form=form, status=422, opened="ask-papers")
    contact = await clients.contact(session, form.taken.contact_id)
    if contact.client_id != refund.client_id:
        raise NotFound()
    wanted = {name.removeprefix("what-"): "" for name in form.raw if name.startswith("what-")}
    if form.taken.text:
        wanted["other"] = form.taken.text
    try:
        async with session.begin_nested():
            await clarifying.ask(session, actor_of(request), refund, contact, wanted, clock.now())
    except Refusal as refusal:
        return await _refused(request, session, row_id, form, refusal, "ask-papers")
    return to(f"{REFUND.url(refund)}#papers-panel", request)


@post(f"{ONE}/asked/{{missing_id:uuid}}/answer", opt={"permission": "refunds.work"}, status_code=200)
async def record_answer(request: Req, session: Db, row_id: FromPath[UUID], missing_id: FromPath[UUID]) -> Response[Any]:
    """What the client sent another way."""
    refund = await queries.refund(session, row_id)
    one = next((one for one in await queries.asked(session, refund.id) if one.id == missing_id), None)
    if one is None:
        raise NotFound()
    form = await submitted(request, PaperAnswer)
    dialog = f"answer-{missing_id}"
    if not form.ok:
        return await show(request, session, row_id, form=form, status=422, opened=dialog)
    given = form.taken
    try:
        async with session.begin_nested():
            said = Given(given.answer, given.by_name, given.how, tuple(await keep(request, given.files)))
            if one.is_open:
                await clarifying.answer(session, actor_of(request), refund, [(one, said)], clock.now())
    except Refusal as refusal:
        return await _refused(request, session, row_id, form, refusal, dialog)
    return to(f"{REFUND.url(refund)}#papers-panel", request)


@post(f"{ONE}/waive/{{what:str}}", opt={"permission": "refunds.review"}, status_code=200)
async def waive(request: Req, session: Db, row_id: FromPath[UUID], what: FromPath[str]) -> Response[Any]:
    """Go on without one paper."""
    refund = await queries.refund(session, row_id)
    form = await submitted(request, Reason)
    if not form.ok:
        return await show(request, session, row_id, form=form, status=422, opened=f"waive-{what}")
    try:
        async with session.begin_nested():
            await clarifying.waive(session, actor_of(request), refund, what, form.taken.reason, clock.now())
    except Refusal as refusal:
        return await _refused(request, session, row_id, form, refusal, f"waive-{what}")
    return to(f"{REFUND.url(refund)}#papers-panel", request)


async def _refused(
    request: Req, session: AsyncSession, row_id: UUID, form: Submitted[Any], refusal: Refusal, dialog: str
) -> Response[Any]:
    """The page again with what was typed and why it was not done."""
    await noted(request, refusal)
    return await show(request, session, row_id, form=form, refusal=refusal, status=refusal.status, opened=dialog)


ROUTES = [ask, record_answer, waive]
