"""What adjustments contributes to the product."""

from saas.adjustments import annex, booking_pages, models, options, pages
from saas.adjustments.duty_proof import proved
from saas.adjustments.panels import of_case
from saas.adjustments.posted import corrections_of
from saas.cases.export import provide_annex
from saas.checks.jobs import provide_corrections
from saas.kernel.access import EVERYONE, grant
from saas.kernel.i18n import _
from saas.kernel.module import Module

provide_corrections(corrections_of)

provide_annex(annex.of_case)

WORKERS = ("owner", "manager", "reviewer", "bookkeeper")

MODULE = Module(
    "adjustments",
    tables=models,
    routes=[*pages.ROUTES, *booking_pages.ROUTES, *options.ROUTES],
    guards="guards.sql",
    duties=[proved],
    panels={"cases.detail": [of_case], "clients.rail": [options.of_client]},
    deeds={
        "adjustment.edit": _("Lines of the correction changed"),
        "adjustment.enter_again": _("Amounts entered a second time"),
        "adjustment.return": _("Correction sent back"),
        "adjustment.prove": _("Proof of cure made"),
        "adjustment.name_account": _("Account of the client named"),
        "adjustment.options": _("Ways of correcting chosen"),
    },
    grants=[
        grant("adjustments.read", _("See correcting vouchers"), *EVERYONE),
        grant(
            "adjustments.write", _("Draft and book correcting vouchers"), "owner", "manager", "reviewer", "bookkeeper"
        ),
        grant("adjustments.review", _("Review correcting vouchers"), "owner", "manager", "reviewer"),
        grant("adjustments.manage", _("Give the second approval"), "owner", "manager"),
        grant("adjustments.options", _("Decide how a client’s errors are corrected"), "owner", "manager"),
    ],
)
