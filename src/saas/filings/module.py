"""What filings contributes to the product."""

from datetime import timedelta

from saas.filings import (
    board_pages,
    client_pages,
    export,
    leaving,
    list_pages,
    measure_pages,
    models,
    planning,
    record_pages,
)
from saas.kernel.access import EVERYONE, grant
from saas.kernel.i18n import _
from saas.kernel.module import Job, Module, NavItem, Reaction, Schedule

MODULE = Module(
    "filings",
    tables=models,
    routes=[
        *board_pages.ROUTES,
        *list_pages.ROUTES,
        *export.ROUTES,
        *measure_pages.ROUTES,
        *client_pages.ROUTES,
        *record_pages.ROUTES,
    ],
    grants=[
        grant("filings.read", _("See the filing register"), *EVERYONE),
        grant("filings.work", _("Record filings and documents received"), "owner", "manager", "reviewer", "bookkeeper"),
        grant("filings.manage", _("Say which returns a client hands in"), "owner", "manager", "reviewer"),
        grant("filings.export", _("Export the filing register"), "owner", "manager", "reviewer", "auditor"),
    ],
    jobs=[Job("filings.plan", planning.plan)],
    schedules=[Schedule("filings.plan", timedelta(days=1))],
    reactions=[
        Reaction("client.archived", run=leaving.follow_archive),
        Reaction("client.merged", run=leaving.follow_merge),
    ],
    deeds={
        "filings.record": _("Filing recorded"),
        "filings.import": _("Filing taken from a list"),
        "filings.import_list": _("List of filings imported"),
        "filings.amend": _("Return amended"),
        "filings.waive": _("Return waived as not required"),
        "filings.put_back": _("Return to be handed in after all"),
        "filings.switch": _("Which returns are handed in changed"),
        "filings.documents": _("Documents received recorded"),
        "filings.export": _("Filing register exported"),
    },
    navigation=[NavItem(_("Filings"), "/filings", "file-check", "filings.read")],
    panels={"clients.detail": [client_pages.client_panel]},
)
