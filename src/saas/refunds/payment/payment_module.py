"""What approval, accounts, payment and closing add to the declaration of refunds (module.py)."""

from __future__ import annotations

from saas.kernel.access import grant
from saas.kernel.i18n import _
from saas.kernel.module import Job, NavItem, Reaction
from saas.refunds.payment import approving, batch_pages, budget, bundle, closing, invoices, payment_pages, voucher
from saas.refunds.writing import notice_letter

REGISTERED = (notice_letter.REFUND_NOTICE,)
ROUTES = [*batch_pages.ROUTES, *payment_pages.ROUTES, *voucher.ROUTES, *bundle.ROUTES, *budget.ROUTES]
GRANTS = [grant("refunds.reveal", _("Read account numbers in full"), "owner", "manager", "cashier")]
EMITS = ["refund.paid", "refund.payee_written"]
JOBS = [Job("refunds.seal", closing.seal, kind="heavy"), Job("refunds.win_back", closing.win_back)]
REACTIONS = [
    Reaction("refund.agreed", run=approving.after_agreed),
    Reaction("refund.approval_given", run=approving.after_approval_given),
    Reaction("refund.approved", run=approving.after_approved),
    Reaction("refund.approved", run=budget.after_approved),
    *(Reaction(f"refund.{end}", run=approving.after_end) for end in ("returned", "cancelled", "converted")),
    Reaction("refund.sent", run=invoices.after_sent),
    Reaction("refund.settled", run=closing.after_settled),
    Reaction("refund.paid", run=closing.after_paid),
    Reaction("refund.converted", run=closing.after_converted),
    Reaction("notice.issued", run=closing.after_letter_issued),
]
DEEDS = {
    "refunds.payee": _("Account written down"),
    "refunds.call_back": _("Client called about the account"),
    "refunds.reveal": _("Account number read"),
    "refunds.batch": _("Payment batch made"),
    "refunds.batch_file": _("File for the bank taken"),
    "refunds.invoice": _("Invoice recorded"),
    "refunds.red_invoice": _("Red invoice recorded"),
    "refunds.budget": _("Refund budget set"),
    "refunds.seal": _("File sealed"),
    "refunds.file": _("Sealed file taken"),
}
SETTINGS = [NavItem(_("Refund budget"), "/settings/refund-budget", "coin-yuan", "refunds.read", "settings")]
