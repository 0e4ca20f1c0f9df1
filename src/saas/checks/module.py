"""What checks contributes to the product."""

from __future__ import annotations

from datetime import timedelta

from saas.checks import chart_page, figure_pages, jobs, models, month_end, month_end_page, pages, running, settings
from saas.checks.inbox import follow
from saas.checks.merging import follow_merge
from saas.checks.outside import outside_models
from saas.checks.outside import pages as outside
from saas.checks.queries import WAITING
from saas.checks.workflow import FINDING
from saas.kernel.access import EVERYONE, grant
from saas.kernel.i18n import _
from saas.kernel.module import Job, Module, NavItem, Reaction, Schedule

REGISTERED = (outside_models.OutsideFile,)  # tables of their own file

MODULE = Module(
    "checks",
    tables=models,
    routes=[
        *pages.ROUTES,
        *running.ROUTES,
        *settings.ROUTES,
        *figure_pages.ROUTES,
        *chart_page.ROUTES,
        *outside.ROUTES,
        *month_end_page.ROUTES,
    ],
    workflows=[FINDING],
    grants=[
        grant("checks.read", _("See findings and rules"), *EVERYONE),
        grant("checks.work", _("Check books, put findings aside"), "owner", "manager", "reviewer", "bookkeeper"),
        grant("checks.review", _("Look at findings again that were put aside"), "owner", "manager", "reviewer"),
        grant("checks.settings", _("Switch rules and set their thresholds"), "owner", "manager"),
    ],
    jobs=[
        Job("checks.run", jobs.run, "heavy"),
        Job("checks.after_import", jobs.after_import, "heavy"),
        Job("checks.before_filing", jobs.before_filing),
        Job("checks.tell_month_end", month_end.tell),
    ],
    schedules=[
        Schedule("checks.before_filing", timedelta(days=1)),
        Schedule("checks.tell_month_end", timedelta(hours=1)),
    ],
    reactions=[
        Reaction("import.stored", job="checks.after_import"),
        Reaction("import.undone", job="checks.after_import"),
        Reaction("client.merged", run=follow_merge),
    ],
    observers=[follow],
    settings=[NavItem(_("Rules"), "/settings/rules", "adjustments", "checks.read")],
    deeds={
        "finding.start": _("Found"),
        "checks.run": _("Books checked"),
        "checks.map_accounts": _("Roles of accounts chosen"),
        "checks.export": _("Findings exported"),
        "checks.change_rule": _("Rule changed"),
        "checks.supply": _("Figures for the checks supplied"),
        "checks.begin_month_end": _("All books checked as before filing"),
        "checks.supply_file": _("Statement or invoice list imported"),
        "checks.undo_file": _("Statement or invoice list undone"),
        "checks.pair": _("Statement line matched by hand"),
        "checks.unpair": _("Match by hand taken apart"),
    },
    navigation=[NavItem(_("Findings"), "/findings", "zoom-check", "checks.read", count=WAITING)],
    guards="guards.sql",
    panels={
        "clients.detail": [pages.client_panel],
        "ledgers.import": [running.import_panel],
        "tasks.work": [month_end_page.of_my_work],
    },
)
