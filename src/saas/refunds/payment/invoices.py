"""The invoice the client holds for the money, and the red one that takes it back (R4.2)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.clock import CHINA
from saas.kernel.errors import Conflict, Invalid
from saas.kernel.i18n import Text, _
from saas.kernel.identifiers import Invoice, invoice
from saas.kernel.module import Event
from saas.kernel.perform import locked
from saas.kernel.tenancy import of_this_firm
from saas.refunds import queries
from saas.refunds.models import Refund
from saas.refunds.payment import errands
from saas.refunds.payment.payment_forms import InvoiceForm, RedInvoiceForm
from saas.refunds.payment.payment_models import RefundInvoice
from saas.refunds.workflow import REFUND
from saas.tasks.errands import finish

KINDS: dict[str, Text] = {
    "none": _("none was given"),
    "digital": _("digital invoice (数电票)"),
    "special": _("special VAT invoice"),
    "ordinary": _("ordinary VAT invoice"),
}
ASK = _("Say which invoice the client holds, or that there is none")
RED = "Issue the red invoice for %(number)s and record its number"
STEPS = (ASK.msgid, RED)


async def of_refund(session: AsyncSession, refund_id: UUID) -> RefundInvoice | None:
    query = select(RefundInvoice).where(of_this_firm(RefundInvoice), RefundInvoice.refund_id == refund_id)
    found: RefundInvoice | None = await session.scalar(query)
    return found


async def given(
    session: AsyncSession, actor: Actor, refund_id: UUID, form: InvoiceForm, now: datetime
) -> RefundInvoice:
    """Which invoice was given; may be corrected until its red one is recorded."""
    if actor.id is None:
        raise ValueError("an invoice is recorded by a member")
    refund: Refund = await locked(session, REFUND, refund_id)
    number = _read(form.number, form.code, "number") if form.kind != "none" else None
    if number is not None and (number.kind == "digital") != (form.kind == "digital"):
        raise Invalid(None, {"number": _("This number does not belong to an invoice of this kind.")})
    row = await of_refund(session, refund.id)
    if row is not None and row.red_number:
        raise Conflict(_("The red invoice %(number)s is on record already.", number=row.red_number))
    if row is None:
        row = RefundInvoice(refund_id=refund.id, kind=form.kind, recorded_by=actor.id, recorded_at=now, red_number="")
        session.add(row)
    row.kind, row.recorded_by, row.recorded_at = form.kind, actor.id, now
    row.number, row.code = (number.number, number.code) if number else ("", "")
    await session.flush()
    record(session, actor, "refunds.invoice", now, subject=refund, client_id=refund.client_id, timeline=True,
           summary=f"{KINDS[row.kind]} {row.number}".strip())  # fmt: skip
    await finish(session, refund.id, STEPS, now, actor.id)
    await _remind(session, refund, row, now)
    return row


async def taken_back(
    session: AsyncSession, actor: Actor, refund_id: UUID, form: RedInvoiceForm, now: datetime
) -> RefundInvoice:
    """The red invoice's number and day; the same twice changes nothing."""
    refund: Refund = await locked(session, REFUND, refund_id)
    row = await of_refund(session, refund.id)
    if row is None or row.kind == "none":
        raise Conflict(_("No invoice is on record that a red one could take back."))
    red = _read(form.number, form.code, "number")
    if row.red_number == red.number:
        return row
    if row.red_number:
        raise Conflict(_("The red invoice %(number)s is on record already.", number=row.red_number))
    if red.number == row.number:
        raise Invalid(None, {"number": _("This is the number of the blue invoice; the red one has its own.")})
    if form.red_on > now.astimezone(CHINA).date():
        raise Invalid(None, {"red_on": _("This day is still to come.")})
    row.red_number, row.red_on, row.red_by, row.red_at = red.number, form.red_on, actor.id, now
    await session.flush()
    record(session, actor, "refunds.red_invoice", now, subject=refund, client_id=refund.client_id, timeline=True,
           summary=red.number)  # fmt: skip
    await finish(session, refund.id, STEPS, now, actor.id)
    return row


async def after_sent(session: AsyncSession, event: Event) -> None:
    """The reaction to `refund.sent`: money is on its way, so the invoice for it has to be taken back."""
    refund: Refund = event.row
    await _remind(session, refund, await of_refund(session, refund.id), event.now)


async def _remind(session: AsyncSession, refund: Refund, row: RefundInvoice | None, now: datetime) -> None:
    """A task for the preparer, once money has gone; before that nothing presses."""
    if not await queries.payments(session, refund.id):
        return
    step: Text | None = ASK if row is None else None
    if row is not None and row.waits_for_red:
        step = _("Issue the red invoice for %(number)s and record its number", number=row.number)
    if step is not None:
        await errands.give(session, refund, step, now, role="bookkeeper", assignee_id=refund.preparer_id, days=3)


def _read(number: str, code: str, field: str) -> Invoice:
    try:
        return invoice(number, code)
    except Invalid as error:
        raise Invalid(None, {field: error.reason}) from error
