"""What the refund policy contributes to the module."""

from __future__ import annotations

from saas.kernel.i18n import _
from saas.kernel.module import NavItem, Reaction
from saas.refunds.policies import acceptance, editing, pages, versions

ROUTES = [*pages.ROUTES, *editing.ROUTES, *acceptance.ROUTES]
SETTINGS = [NavItem(_("Refund policy"), "/settings/refund-policy", "receipt-refund", "refunds.read", "settings")]
REACTIONS = [Reaction("firm.created", run=versions.begin_with_firm)]
EMITS = ["refund_policy.published"]
PANELS = [acceptance.client_panel]
DEEDS = {
    "refunds.policy": _("Version of the refund policy published"),
    "refunds.accept_policy": _("Refund policy accepted with a contract"),
}
