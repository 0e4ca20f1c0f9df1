"""What tasks contributes to the product."""

from saas.kernel.access import EVERYONE, STAFF, grant
from saas.kernel.i18n import _
from saas.kernel.module import Module, NavItem, Reaction
from saas.tasks import handing_over, models, pages
from saas.tasks.observer import follow
from saas.tasks.queries import MY_WORK

MODULE = Module(
    "tasks",
    tables=models,
    routes=pages.ROUTES,
    grants=[
        grant("tasks.read", _("See one's own work"), *EVERYONE),
        grant("tasks.write", _("Add and finish tasks"), *STAFF),
        grant("tasks.assign", _("Give tasks to other people"), "owner", "manager"),
    ],
    observers=[follow],
    reactions=[Reaction("member.leaving", run=handing_over.follow_leaving)],
    holdings=[handing_over.holdings],
    navigation=[NavItem(_("My work"), "/work", "layout-list", "tasks.read", count=MY_WORK)],
)
