"""What clients contributes to the product."""

from saas.clients import handing_over, lifecycle, listing, models, pages, people
from saas.clients.queries import COUNT, called
from saas.kernel.access import EVERYONE, STAFF, grant
from saas.kernel.i18n import _
from saas.kernel.module import Module, NavItem, Reaction

MODULE = Module(
    "clients",
    tables=models,
    routes=[*pages.ROUTES, *listing.ROUTES, *people.ROUTES, *lifecycle.ROUTES],
    emits=["client.merged", "client.archived", "contact.readdressed"],
    reactions=[Reaction("member.leaving", run=handing_over.follow_leaving)],
    holdings=[handing_over.holdings],
    search=[handing_over.search],
    start=[handing_over.FIRST_STEP],
    deeds={
        "clients.add": _("Client added"),
        "clients.import": _("List of clients imported"),
        "clients.change": _("Client’s details changed"),
        "clients.add_contact": _("Contact added"),
        "clients.change_contact": _("Contact changed"),
        "clients.add_contract": _("Contract added"),
        "clients.add_receipt": _("Receipt added"),
        "clients.archive": _("Client archived"),
        "clients.restore": _("Client brought back"),
        "clients.merge": _("Clients merged"),
        "clients.communicate": _("Exchange recorded"),
    },
    grants=[
        grant("clients.read", _("See clients"), *EVERYONE),
        grant("clients.write", _("Add and change clients"), "owner", "manager", "reviewer", "bookkeeper"),
        grant("clients.receipts", _("Record money received"), "owner", "manager", "reviewer", "bookkeeper", "cashier"),
        grant("clients.communicate", _("Record exchanges with clients"), *STAFF),
        grant("clients.manage", _("Merge and archive clients"), "owner", "manager"),
    ],
    panels={"tasks.clients": [called]},
    navigation=[NavItem(_("Clients"), "/clients", "building", "clients.read", count=COUNT)],
)
