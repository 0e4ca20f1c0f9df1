"""付款凭单: one payment on one sheet, the amount in capitals, with who asked, checked, approved and paid."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.firms.queries import profile as profile_of
from saas.identity.queries import members_by_id
from saas.kernel.documents import render_pdf
from saas.kernel.i18n import Text, _, listed, reader
from saas.kernel.pages import STATIC, Db, Req, environment, show_date
from saas.kernel.uploads import attachment
from saas.refunds import queries
from saas.refunds.models import Refund
from saas.refunds.payment import payees, paying
from saas.refunds.payment.payment_desk import own_entry_of
from saas.refunds.payment.payment_models import Payee, Payment

ONE = "/f/{slug:str}/refunds/{row_id:uuid}/payment/{payment_id:uuid}/voucher"


@get(ONE, opt={"permission": "refunds.read"})
async def voucher_page(request: Req, session: Db, row_id: FromPath[UUID], payment_id: FromPath[UUID]) -> Response[str]:
    """The sheet in the browser, as it prints."""
    refund = await queries.refund(session, row_id)
    payment = await paying.one(session, refund.id, payment_id)
    return Response(await _html(session, refund, payment, preview=True), media_type="text/html")


@get(f"{ONE}.pdf", opt={"permission": "refunds.read"})
async def voucher_file(session: Db, row_id: FromPath[UUID], payment_id: FromPath[UUID]) -> Response[bytes]:
    refund = await queries.refund(session, row_id)
    payment = await paying.one(session, refund.id, payment_id)
    return attachment(await voucher_pdf(session, refund, payment), f"{refund.number}-{payment.key}.pdf",
                      "application/pdf")  # fmt: skip


async def voucher_pdf(session: AsyncSession, refund: Refund, payment: Payment) -> bytes:
    """The same sheet as PDF/A; the same payment gives the same bytes."""
    html = await _html(session, refund, payment)
    return await render_pdf(html, css=(STATIC / "css" / "document.css").read_text("utf-8"), created=payment.made_at)


async def _html(session: AsyncSession, refund: Refund, payment: Payment, *, preview: bool = False) -> str:
    payee = await payees.one(session, refund.id, payment.payee_id)
    profile = await profile_of(session)
    letter: dict[str, Any] = {
        "firm": {"name": profile.name, "name_en": profile.name_en, "licence": profile.licence_number,
                 "initial": profile.name[:1]},
        "title": str(_("Payment voucher")),
        "serial": f"{refund.number} / {payment.key}",
        "date": show_date(payment.made_at),
    }  # fmt: skip
    return (
        environment()
        .get_template("documents/refund_voucher.html")
        .render(
            letter=letter,
            locale=reader(),
            preview=preview,
            rows=await _rows(session, refund, payment, payee),
            amount=payment.amount,
            entry=await own_entry_of(session, refund, payment),
            signers=await _signers(session, refund, payment, payee),
            company=profile.name,
        )
    )


async def _rows(session: AsyncSession, refund: Refund, payment: Payment, payee: Payee) -> list[tuple[Text, Any]]:
    """(what, value): to whom, for what, and what the bank says."""
    client = await clients.client(session, refund.client_id)
    contract = await queries.contract(session, refund.contract_id)
    purpose = _("Refund %(number)s, contract %(contract)s of %(client)s",
                number=refund.number, contract=contract.number, client=client.name)  # fmt: skip
    return [
        (_("Payee"), payee.holder),
        (_("Bank and branch code"), f"{payee.bank} {payee.bank_code}".strip()),
        (_("Bank account"), payee.masked),
        (_("Purpose"), purpose),
        (_("Approved amount"), f"¥{refund.amount}"),
        (_("Bank reference"), payment.bank_reference or _("on its way")),
        (_("Arrived on"), show_date(payment.paid_on) or "—"),
    ]


async def _signers(session: AsyncSession, refund: Refund, payment: Payment, payee: Payee) -> list[tuple[Text, str]]:
    """(role, name) of everybody whose yes stands behind the transfer."""
    names = await members_by_id(session)

    def name(*ids: UUID | None) -> str:
        return listed(names[one].name for one in ids if one in names)

    signers = [
        (_("Handled by"), name(refund.preparer_id)),
        (_("Countersigned"), name(refund.countersigned_by)),
        (_("Approved by"), name(refund.level_1_by, refund.level_2_by)),
        (_("Account checked"), name(payee.verified_by)),
        (_("Transferred by"), name(payment.made_by)),
    ]
    return [(role, who) for role, who in signers if who]


ROUTES = [voucher_page, voucher_file]
