"""What cases contributes to the product."""

from saas.cases import models
from saas.cases.workflow import CASE
from saas.kernel.access import EVERYONE, STAFF, grant
from saas.kernel.i18n import _
from saas.kernel.module import Module

MODULE = Module(
    "cases",
    tables=models,
    workflows=[CASE],
    grants=[
        grant("cases.read", _("See anomaly cases"), *EVERYONE),
        grant("cases.open", _("Open anomaly cases"), *STAFF),
        grant("cases.work", _("Work on anomaly cases"), "owner", "manager", "reviewer", "bookkeeper"),
        grant("cases.review", _("Review anomaly cases"), "owner", "manager", "reviewer"),
        grant("cases.manage", _("Decide severe cases and close"), "owner", "manager"),
    ],
)
