"""Pages of payment batches: choose checked refunds, hand them over, take the file for the bank."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.actions import noted
from saas.kernel.errors import FreshSignInNeeded, Invalid, Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.kernel.uploads import attachment
from saas.refunds.payment import batches, payees, paying
from saas.refunds.payment.payment_desk import STATES
from saas.refunds.payment.payment_forms import ExportBatch, NewBatch
from saas.refunds.payment.payment_models import PaymentBatch

PATH = "/f/{slug:str}/refunds/batches"
PAGE = 50
KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@get(PATH, opt={"permission": "refunds.read"})
async def index(request: Req, session: Db, before: FromQuery[str] = "") -> Response[str]:
    return await _list(request, session, before=before)


async def _list(
    request: Req, session: AsyncSession, *, form: Submitted[Any] | None = None, refusal: Refusal | None = None,
    before: str = "", status: int = 200,
) -> Response[str]:  # fmt: skip
    actor, now = actor_of(request), clock.now()
    last = await batches.one(session, UUID(before)) if before else None
    found = await batches.newest(session, PAGE, last.made_at if last else None)
    return await page(
        request,
        "refunds/batches.html",
        session=session,
        status=status,
        form=form or Submitted(),
        refusal=refusal,
        key=paying.new_key(),
        rows=await batches.payable(session, actor, now) if actor.may("refunds.pay") else [],
        may_pay=actor.may("refunds.pay"),
        found=found,
        progress=await batches.progress(session, found),
        members=await members_by_id(session),
        next_url=address_in(request)(f"/refunds/batches?before={found[-1].id}") if len(found) == PAGE else "",
    )


@post(PATH, opt={"permission": "refunds.pay"}, status_code=200)
async def add(request: Req, session: Db) -> Response[Any]:
    """All of the chosen go, or none and the page says which one cannot."""
    form = await submitted(request, NewBatch)
    if form.ok and not form.taken.refund:
        form.refuse("refund", _("Choose at least one refund."))
    if not form.ok:
        form.errors.setdefault("refund", _("Choose at least one refund."))
        return await _list(request, session, form=form, status=422)
    try:
        async with session.begin_nested():
            batch = await batches.make(session, actor_of(request), form.taken, clock.now())
    except Refusal as refusal:
        await noted(request, refusal)
        return await _list(request, session, form=form, refusal=refusal, status=refusal.status)
    return to(f"/refunds/batches/{batch.id}", request)


@get(f"{PATH}/{{batch_id:uuid}}", opt={"permission": "refunds.read"})
async def detail(request: Req, session: Db, batch_id: FromPath[UUID]) -> Response[str]:
    return await _one(request, session, await batches.one(session, batch_id))


async def _one(request: Req, session: AsyncSession, batch: PaymentBatch) -> Response[str]:
    members = await members_by_id(session)
    lines = await batches.lines_of(session, batch)
    accounts = {p.id: await payees.one(session, r.id, p.payee_id) for p, r in lines}
    return await page(
        request,
        "refunds/batch.html",
        session=session,
        batch=batch,
        maker=members[batch.made_by].name if batch.made_by in members else "",
        lines=[
            {"payment": payment, "refund": refund, "payee": accounts[payment.id], "badge": STATES[payment.status]}
            for payment, refund in lines
        ],
        may_export=actor_of(request).may("refunds.pay") and actor_of(request).may("refunds.reveal"),
    )


@post(f"{PATH}/{{batch_id:uuid}}/file", opt={"permission": "refunds.reveal"}, status_code=200)
async def export(request: Req, session: Db, batch_id: FromPath[UUID]) -> Response[Any]:
    """The file with full account numbers: a fresh sign-in, and a line in the trail for each of them."""
    actor, now = actor_of(request), clock.now()
    if not actor.is_fresh(now):
        raise FreshSignInNeeded()
    batch = await batches.one(session, batch_id)
    form = await submitted(request, ExportBatch)
    if not form.ok:
        raise Invalid(_("Choose XLSX or CSV."))
    content, name = await batches.bank_file(session, actor, batch, form.taken.kind, now)
    return attachment(content, name, KINDS[form.taken.kind])


ROUTES = [index, add, detail, export]
