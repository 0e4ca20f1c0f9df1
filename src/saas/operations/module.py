"""What the operator's room contributes to the product."""

from __future__ import annotations

from datetime import timedelta

from saas.kernel.access import grant
from saas.kernel.i18n import _
from saas.kernel.limits import provide_limits
from saas.kernel.module import Job, Module, NavItem, Reaction, Schedule
from saas.kernel.support import provide_support
from saas.operations import console, firm_pages, firms, mails, models, pages, support, usage
from saas.operations.operators import is_operator

provide_limits(usage.room)
provide_support(is_operator, support.admission)

MODULE = Module(
    "operations",
    tables=models,
    routes=[*console.ROUTES, *firm_pages.ROUTES, *pages.ROUTES],
    grants=[
        grant("operations.plan", _("Ask for another plan"), "owner", "manager"),
        grant("support.decide", _("Let support in, or refuse and end it"), "owner"),
    ],
    jobs=[
        Job(usage.TOTAL, usage.total),
        Job("operations.tell_owner", mails.tell_owner, while_suspended=True),
        Job("operations.tell_operators", mails.tell_operators),
        Job("operations.mail_wish", mails.mail_wish),
        Job("operations.end_support", support.end_by_itself, while_suspended=True),
    ],
    schedules=[Schedule(usage.TOTAL, timedelta(hours=1))],
    reactions=[Reaction("firm.created", run=firms.begin)],
    settings=[
        NavItem(_("Plan and usage"), "/settings/usage", "chart-bar", "firms.read", "settings"),
        NavItem(_("Support"), "/settings/support", "eye", "firms.read", "settings"),
    ],
    deeds={
        "operations.plan": _("Plan changed by the operator"),
        "operations.suspend": _("Firm suspended by the operator"),
        "operations.resume": _("Suspension lifted by the operator"),
        "operations.close": _("Firm closed by the operator"),
        "operations.retry": _("Jobs tried again by the operator"),
        "operations.rotate_keys": _("Sealed fields sealed again under a new secret"),
        "operations.want_plan": _("Another plan asked for"),
        "support.ask": _("Support asked to look in"),
        "support.approve": _("Support let in"),
        "support.refuse": _("Support refused"),
        "support.end": _("Support ended"),
        "support.open": _("Support opened a page"),
        "support.send": _("Support sent a form"),
        "support.write": _("Support tried to change something"),
    },
)
