"""What clients contributes to the product."""

from saas.clients import lifecycle, models, pages, people
from saas.clients.queries import count
from saas.kernel.access import EVERYONE, STAFF, grant
from saas.kernel.i18n import _
from saas.kernel.module import Module, NavItem

MODULE = Module(
    "clients",
    tables=models,
    routes=[*pages.ROUTES, *people.ROUTES, *lifecycle.ROUTES],
    emits=["client.merged"],
    grants=[
        grant("clients.read", _("See clients"), *EVERYONE),
        grant("clients.write", _("Add and change clients"), "owner", "manager", "reviewer", "bookkeeper"),
        grant("clients.communicate", _("Record exchanges with clients"), *STAFF),
        grant("clients.manage", _("Merge and archive clients"), "owner", "manager"),
    ],
    navigation=[
        NavItem(_("Clients"), "/clients", "building", "clients.read", count=lambda session, actor: count(session))
    ],
)
