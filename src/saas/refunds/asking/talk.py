"""What people add to a refund: exchanges with the client, papers, and a corrected payer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.clients.exchanges import exchange_of, write_down
from saas.kernel import clock
from saas.kernel.audit import record
from saas.kernel.errors import Conflict, Missing, Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _, listed
from saas.kernel.pages import Db, Req, actor_of, to
from saas.kernel.perform import locked
from saas.refunds import queries
from saas.refunds.asking.clarifying import WAIVED_IN
from saas.refunds.forms import Payer
from saas.refunds.models import Refund
from saas.refunds.pages import ONE, show
from saas.refunds.papers import papers_of
from saas.refunds.reactions import talked
from saas.refunds.workflow import OPEN, REFUND


@post(f"{ONE}/exchanges", opt={"permission": "clients.communicate"}, status_code=200)
async def communicate(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    """The talk with the client, on record for ever (requirement R2.4)."""
    refund = await queries.refund(session, row_id)
    form = await exchange_of(request)
    if not form.ok:
        return await show(request, session, refund.id, form=form, status=422, opened="exchange")
    given, actor, now = form.taken, actor_of(request), clock.now()
    refund = await _open(session, refund.id)
    client = await clients.client(session, refund.client_id)
    new = await write_down(request, session, client, given, now, subject_kind=REFUND.name, subject_id=refund.id)
    if new:
        await talked(session, refund, now, actor.id)
    return to(f"{REFUND.url(refund)}#exchanges", request)


@post(f"{ONE}/papers", opt={"permission": "refunds.work"}, status_code=200)
async def add_papers(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    """Papers that came to us another way; the same file for the same purpose stays one."""
    form: Submitted[Any] = Submitted()
    try:
        async with session.begin_nested():
            given = await papers_of(request)
            refund = await _open(session, row_id)
            known = {(file["sha256"], file["shows"]) for file in refund.files}
            new = [file for file in given if (file["sha256"], file["shows"]) not in known]
            if new:
                refund.files = [*refund.files, *new]
                names = listed(file["name"] for file in new)
                record(session, actor_of(request), "refunds.add_papers", clock.now(), subject=refund,
                       client_id=refund.client_id, summary=names)  # fmt: skip
    except Missing:
        raise
    except Refusal as refusal:
        form.refuse("", refusal.reason)
        return await show(request, session, row_id, form=form, status=refusal.status, opened="papers")
    return to(f"{REFUND.url(refund)}#papers-panel", request)


@post(f"{ONE}/payer", opt={"permission": "refunds.work"}, status_code=200)
async def correct_payer(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    """Who paid was written down wrongly; what stood there before stays in the trail."""
    form = await submitted(request, Payer)
    if not form.ok:
        return await show(request, session, row_id, form=form, status=422, opened="payer")
    refund = await _open(session, row_id)
    if refund.state not in WAIVED_IN:
        raise Conflict(_("Who paid is settled before the calculation is proposed; now it stays as it is."))
    if refund.payer != form.taken.payer:
        record(session, actor_of(request), "refunds.correct_payer", clock.now(), subject=refund,
               client_id=refund.client_id, before=refund.payer, after=form.taken.payer,
               summary=f"{refund.payer} → {form.taken.payer}", reason=form.taken.reason)  # fmt: skip
        refund.payer = form.taken.payer
        refund.checked = {name: entry for name, entry in refund.checked.items() if name != "contract"}
    return to(REFUND.url(refund), request)


async def _open(session: AsyncSession, refund_id: UUID) -> Refund:
    """The refund, locked; Conflict once it is closed."""
    refund: Refund = await locked(session, REFUND, refund_id)
    if refund.state not in OPEN:
        raise Conflict(_("This refund is closed: nothing is added to it any more."))
    return refund


ROUTES = [communicate, add_papers, correct_payer]
