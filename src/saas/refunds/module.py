"""What refunds contributes to the product."""

from __future__ import annotations

from saas.kernel.access import EVERYONE, grant
from saas.kernel.i18n import _
from saas.kernel.module import Module, NavItem
from saas.refunds import finding, list_pages, models, payment_models, policy_models, watch_models
from saas.refunds.workflow import APPROVER, HANDLER, REFUND

# Tables of their own files.
REGISTERED = (policy_models.RefundPolicy, payment_models.Payment, watch_models.Signal)

MODULE = Module(
    "refunds",
    tables=models,
    routes=[*list_pages.ROUTES],
    workflows=[REFUND],
    grants=[
        grant("refunds.read", _("See refunds"), *EVERYONE),
        grant("refunds.request", _("Write down a client’s request"), "owner", "manager", "reviewer", "bookkeeper"),
        grant("refunds.work", _("Prepare refunds"), "owner", "manager", "reviewer", "bookkeeper"),
        grant("refunds.review", _("Countersign and reject refunds"), "owner", "manager", "reviewer"),
        grant("refunds.approve", _("Approve refunds"), "owner", "manager"),
        grant("refunds.manage", _("Settle disputes and appeals"), "owner", "manager"),
        grant("refunds.pay", _("Check accounts and pay"), "cashier"),
        grant("refunds.policy", _("Change the refund policy and the budget"), "owner", "manager"),
        grant("refunds.export", _("Export refunds"), "owner", "manager", "reviewer", "auditor"),
        grant("refunds.watch", _("Watch over refunds"), "owner", "manager", "reviewer", "auditor"),
    ],
    search=[finding.search],
    deeds={"refunds.export": _("List of refunds exported")},
    navigation=[NavItem(_("Refunds"), "/refunds", "receipt-refund", "refunds.read", count=finding.count)],
    panels={"clients.detail": [finding.client_panel]},
    qualifications={HANDLER: _("Handles refunds"), APPROVER: _("Approves refunds")},
    guards="guards.sql",
)
