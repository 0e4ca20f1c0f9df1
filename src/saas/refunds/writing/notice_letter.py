"""退费通知书, the letter after payment (accounting.md §7.2): what was paid, when, to whom, and what follows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from saas.clients.models import Contract
from saas.kernel.i18n import Text, _
from saas.kernel.money import ZERO
from saas.notices.letters import Letter, LetterKind, Slot
from saas.refunds.models import Refund
from saas.refunds.payment.payment_models import Payee, Payment, RefundInvoice

SLOTS = (
    Slot("refund", "notice", editor=""),
    Slot("paid", "refund_paid", editor=""),
    Slot("amount_fen", "refund_paid", editor=""),
    Slot("invoice", "refund_invoice"),
    Slot("hand_over", "hand_over"),
    Slot("retention", "retention"),
    Slot("handler", "handler", editor="line"),
    Slot("head", "head", editor="line"),
    Slot("contact", "contact", editor="line"),
)
REFUND_NOTICE = Letter.register_kind(
    LetterKind(
        "refund_notice",
        _("Refund notice"),
        tuple(slot.name for slot in SLOTS),
        "documents/notices/refund_notice.html",
        mark="退",
        about=_("your refund"),
        slots=SLOTS,
        asks=False,
    )
)


def content(
    refund: Refund,
    contract: Contract,
    paid: Sequence[Payment],
    accounts: dict[Any, Payee],
    invoice: RefundInvoice | None,
    retain_until: date,
) -> dict[str, Any]:
    """The slots of the kind "refund_notice". Account numbers are masked: a letter is seen by many."""
    return {
        "refund": refund.number,
        "contract": contract.number,
        "asked_on": refund.opened_at.date(),
        "paid": [
            {
                "paid_on": p.paid_on,
                "amount_fen": p.amount.fen,
                "reference": p.bank_reference,
                "holder": accounts[p.payee_id].holder,
                "account": accounts[p.payee_id].masked,
                "original": not accounts[p.payee_id].is_changed,
            }
            for p in paid
        ],
        "amount_fen": sum((p.amount for p in paid), ZERO).fen,
        "invoice": _invoice(invoice),
        "hand_over": _(
            "The books, the data and the accounts you entrusted to us are handed over with a list of their own; that "
            "never depends on this refund."
        ),
        "retention": _(
            "The file of this refund, from the request to the bank’s receipt, is sealed and kept until %(day)s.",
            day=retain_until.isoformat(),
        ),
    }


def _invoice(invoice: RefundInvoice | None) -> Text:
    if invoice is not None and invoice.red_number:
        return _("The invoice %(number)s was taken back by the red invoice %(red)s.",
                 number=invoice.number, red=invoice.red_number)  # fmt: skip
    if invoice is not None and invoice.kind == "none":
        return _("No invoice was given for this money, so none has to be taken back.")
    return _("Where an invoice was given, its red invoice follows separately; please transfer out the input tax.")
