"""The payment desk of one refund: account, call-back, hand-over to the bank, arrival, invoice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.kernel import clock
from saas.kernel.actions import noted
from saas.kernel.errors import FreshSignInNeeded, Invalid, Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.kernel.uploads import download, keep
from saas.refunds import queries
from saas.refunds.facts import refund_facts
from saas.refunds.payment import closing, invoices, payees, paying
from saas.refunds.payment.payment_desk import payment_view
from saas.refunds.payment.payment_forms import CallBack, Fail, InvoiceForm, PayeeForm, PayForm, RedInvoiceForm, Settle
from saas.refunds.workflow import REFUND

ONE = "/f/{slug:str}/refunds/{row_id:uuid}/payment"
Deed = Callable[[Any], Awaitable[Any]]


@get(ONE, opt={"permission": "refunds.read"})
async def desk(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[str]:
    return await show(request, session, row_id)


async def show(
    request: Req,
    session: AsyncSession,
    row_id: UUID,
    *,
    forms: Mapping[str, Submitted[Any]] | None = None,
    refusal: Refusal | None = None,
    revealed: str = "",
    status: int = 200,
) -> Response[Any]:
    """The desk. `forms` brings back what was refused, by the form's name; `revealed` is a number shown this once."""
    refund = await queries.refund(session, row_id)
    facts = await refund_facts(session, refund)
    answer: Response[Any] = await page(
        request,
        "refunds/payment.html",
        session=session,
        status=status,
        refund=refund,
        client=await clients.client(session, refund.client_id),
        state=REFUND.state(refund.state),
        payment=await payment_view(session, refund, facts, actor_of(request)),
        forms=forms or {},
        blank=Submitted(),
        usual=Submitted({"kind": "corporate", "original": "yes", "holder": next(iter(facts.payers), refund.payer)}),
        refusal=refusal,
        revealed=revealed,
        today=clock.today(),
    )
    answer.headers["cache-control"] = "no-store"
    return answer


async def _do(
    request: Req, session: AsyncSession, row_id: UUID, name: str, form_type: type[Struct], deed: Deed
) -> Response[Any]:
    """Take the form, do the deed, and come back to the desk; what was typed stays where it was refused."""
    await queries.refund(session, row_id)
    form: Submitted[Any] = await submitted(request, form_type)
    if not form.ok:
        return await show(request, session, row_id, forms={name: form}, status=422)
    try:
        async with session.begin_nested():
            await deed(form.taken)
    except Invalid as refusal:
        form.errors.update(refusal.fields or {"": refusal.reason})
        return await show(request, session, row_id, forms={name: form}, status=422)
    except Refusal as refusal:
        await noted(request, refusal)
        return await show(request, session, row_id, forms={name: form}, refusal=refusal, status=refusal.status)
    return to(f"/refunds/{row_id}/payment", request)


@post(f"{ONE}/payee", opt={"permission": "refunds.work"}, status_code=200)
async def write_payee(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    async def deed(form: PayeeForm) -> None:
        files = await keep(request, form.files)
        await payees.write(session, actor_of(request), row_id, form, files, clock.now())

    return await _do(request, session, row_id, "payee", PayeeForm, deed)


@post(f"{ONE}/payee/{{payee_id:uuid}}/call-back", opt={"permission": "clients.communicate"}, status_code=200)
async def call_back(request: Req, session: Db, row_id: FromPath[UUID], payee_id: FromPath[UUID]) -> Response[Any]:
    async def deed(form: CallBack) -> None:
        await payees.call_back(session, actor_of(request), row_id, payee_id, form, clock.now())

    return await _do(request, session, row_id, "call-back", CallBack, deed)


@post(f"{ONE}/payee/{{payee_id:uuid}}/reveal", opt={"permission": "refunds.reveal"}, status_code=200)
async def reveal(request: Req, session: Db, row_id: FromPath[UUID], payee_id: FromPath[UUID]) -> Response[Any]:
    """The number in full on this one answer; each reading stands in the audit trail."""
    actor, now = actor_of(request), clock.now()
    if not actor.is_fresh(now):
        raise FreshSignInNeeded()
    refund = await queries.refund(session, row_id)
    payee = await payees.one(session, refund.id, payee_id)
    number = await payees.reveal(session, actor, refund, payee, now)
    return await show(request, session, row_id, revealed=number)


@post(f"{ONE}/pay", opt={"permission": "refunds.pay"}, status_code=200)
async def pay(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    """The same page twice pays once: its key finds the payment that is there."""

    async def deed(form: PayForm) -> None:
        await paying.hand_over(session, actor_of(request), row_id, form, clock.now())

    return await _do(request, session, row_id, "pay", PayForm, deed)


@post(f"{ONE}/{{payment_id:uuid}}/settle", opt={"permission": "refunds.pay"}, status_code=200)
async def settle(request: Req, session: Db, row_id: FromPath[UUID], payment_id: FromPath[UUID]) -> Response[Any]:
    async def deed(form: Settle) -> None:
        receipt = await keep(request, form.files)
        await paying.settle(session, actor_of(request), row_id, payment_id, form, receipt, clock.now())

    return await _do(request, session, row_id, "settle", Settle, deed)


@post(f"{ONE}/{{payment_id:uuid}}/fail", opt={"permission": "refunds.pay"}, status_code=200)
async def fail(request: Req, session: Db, row_id: FromPath[UUID], payment_id: FromPath[UUID]) -> Response[Any]:
    async def deed(form: Fail) -> None:
        await paying.fail(session, actor_of(request), row_id, payment_id, form, clock.now())

    return await _do(request, session, row_id, "fail", Fail, deed)


@post(f"{ONE}/invoice", opt={"permission": "refunds.work"}, status_code=200)
async def invoice_given(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    async def deed(form: InvoiceForm) -> None:
        await invoices.given(session, actor_of(request), row_id, form, clock.now())

    return await _do(request, session, row_id, "invoice", InvoiceForm, deed)


@post(f"{ONE}/red-invoice", opt={"permission": "refunds.work"}, status_code=200)
async def red_invoice(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    async def deed(form: RedInvoiceForm) -> None:
        await invoices.taken_back(session, actor_of(request), row_id, form, clock.now())

    return await _do(request, session, row_id, "red-invoice", RedInvoiceForm, deed)


class Nothing(Struct):
    """A button without fields."""


@post(f"{ONE}/letter", opt={"permission": "refunds.work"}, status_code=200)
async def write_letter(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    """The letter after payment, where it could not be written by itself."""

    async def deed(_form: Nothing) -> None:
        await closing.send_letter(session, await queries.refund(session, row_id), actor_of(request), clock.now())

    return await _do(request, session, row_id, "letter", Nothing, deed)


@get(f"{ONE}/files/{{digest:str}}", opt={"permission": "refunds.read"})
async def attached(session: Db, row_id: FromPath[UUID], digest: FromPath[str]) -> Response[bytes]:
    """A bank's receipt or the statement for an account, always for saving."""
    refund = await queries.refund(session, row_id)
    files = [f for p in await queries.payments(session, refund.id) for f in p.receipt]
    files += [f for p in await payees.written(session, refund.id) for f in p.files]
    return await download(files, digest)


ROUTES = [
    desk, write_payee, call_back, reveal, pay, settle, fail, invoice_given, red_invoice, write_letter, attached,
]  # fmt: skip
