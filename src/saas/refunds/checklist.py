"""Which papers a reason asks for, and which of them are here."""

from __future__ import annotations

from collections.abc import Sequence

from saas.clients.models import Receipt
from saas.kernel.i18n import Text, _
from saas.refunds.models import Missing, Refund
from saas.refunds.terms import Terms

EVIDENCE: dict[str, Text] = {
    "contract": _("the contract"),
    "payment": _("proof of payment"),
    "invoice": _("the invoice"),
    "notice": _("the written notice that the service ends"),
    "records": _("records of the service or of its failure"),
    "harm": _("proof of the damage (late fee, fine)"),
    "other": _("another paper"),
}


def shown(refund: Refund, receipts: Sequence[Receipt], asked: Sequence[Missing]) -> set[str]:
    """The keys of what is here: by the request, our own books, the client's answers, or a reviewer's waiver."""
    here = {str(file.get("shows", "")) for file in refund.files}
    here |= {one.what for one in asked if one.waived_by is not None or (one.answered_at is not None and one.files)}
    return here | {"payment"} if receipts else here


def missing(refund: Refund, terms: Terms, receipts: Sequence[Receipt], asked: Sequence[Missing]) -> tuple[Text, ...]:
    """What the reason's checklist asks for and nothing shows; receipts on our books prove a payment."""
    here = shown(refund, receipts, asked)
    return tuple(EVIDENCE[what] for what in terms.reason(refund.reason).evidence if what not in here)
