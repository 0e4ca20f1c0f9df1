"""What firms contributes to the product."""

from saas.firms import models, pages
from saas.firms.calendar import working_calendar
from saas.kernel.access import EVERYONE, grant
from saas.kernel.i18n import _
from saas.kernel.module import Module, NavItem
from saas.kernel.perform import provide_calendar

provide_calendar(working_calendar)

MODULE = Module(
    "firms",
    tables=models,
    routes=pages.ROUTES,
    grants=[
        grant("firms.read", _("See the firm's settings"), *EVERYONE),
        grant("firms.settings", _("Change the firm's settings"), "owner", "manager"),
        grant("firms.people", _("Invite people and give roles"), "owner", "manager"),
        grant("firms.audit", _("Read the audit trail"), "owner", "manager", "auditor"),
    ],
    navigation=[NavItem(_("Settings"), "/settings", "settings", "firms.read", "settings")],
)
