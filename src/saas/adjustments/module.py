"""What adjustments contributes to the product."""

from saas.adjustments import models, pages
from saas.adjustments.panels import of_case
from saas.kernel.access import EVERYONE, grant
from saas.kernel.i18n import _
from saas.kernel.module import Module

WORKERS = ("owner", "manager", "reviewer", "bookkeeper")

MODULE = Module(
    "adjustments",
    tables=models,
    routes=pages.ROUTES,
    guards="guards.sql",
    panels={"cases.detail": [of_case]},
    grants=[
        grant("adjustments.read", _("See correcting vouchers"), *EVERYONE),
        grant(
            "adjustments.write", _("Draft and book correcting vouchers"), "owner", "manager", "reviewer", "bookkeeper"
        ),
        grant("adjustments.review", _("Review correcting vouchers"), "owner", "manager", "reviewer"),
        grant("adjustments.manage", _("Give the second approval"), "owner", "manager"),
    ],
)
