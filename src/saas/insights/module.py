"""What insights contributes to the product."""

from __future__ import annotations

from saas.insights import models
from saas.kernel.access import grant
from saas.kernel.i18n import _
from saas.kernel.module import Module

MODULE = Module(
    "insights",
    tables=models,
    grants=[
        grant("insights.read", _("See the firm’s figures"), "owner", "manager", "reviewer", "auditor"),
        grant("insights.manage", _("Set targets, alerts and rates"), "owner", "manager"),
    ],
)
