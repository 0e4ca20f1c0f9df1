"""What filings contributes to the product."""

from saas.filings import models
from saas.kernel.access import EVERYONE, grant
from saas.kernel.i18n import _
from saas.kernel.module import Module

MODULE = Module(
    "filings",
    tables=models,
    grants=[
        grant("filings.read", _("See the filing register"), *EVERYONE),
        grant("filings.work", _("Record filings and documents received"), "owner", "manager", "reviewer", "bookkeeper"),
        grant("filings.manage", _("Say which returns a client hands in"), "owner", "manager", "reviewer"),
    ],
)
