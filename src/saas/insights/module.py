"""What insights contributes to the product."""

from __future__ import annotations

from datetime import timedelta

from saas.insights import answer_facts, closing_facts, duties, facts, models, reporting
from saas.insights.alerts import pages as alert_pages
from saas.insights.alerts import watching
from saas.insights.dashboards import charter
from saas.insights.dashboards import pages as dashboards
from saas.insights.health import pages as health_pages
from saas.insights.proving import pages as proof_pages
from saas.insights.scorecards import card_module
from saas.insights.targets import pages as target_pages
from saas.insights.targets import standards
from saas.insights.targets.reading import begin
from saas.kernel.access import grant
from saas.kernel.i18n import _
from saas.kernel.module import Job, Module, NavItem, Reaction, Schedule

MODULE = Module(
    "insights",
    tables=models,
    routes=[
        *dashboards.ROUTES,
        *charter.ROUTES,
        *target_pages.ROUTES,
        *alert_pages.ROUTES,
        *card_module.ROUTES,
        *health_pages.ROUTES,
        *reporting.ROUTES,
        *proof_pages.ROUTES,
    ],
    grants=[
        grant("insights.read", _("See the firm’s figures"), "owner", "manager", "auditor"),
        grant("insights.manage", _("Set targets, alerts and rates"), "owner", "manager"),
        *card_module.GRANTS,
    ],
    workflows=card_module.WORKFLOWS,
    jobs=[
        *card_module.JOBS,
        *reporting.JOBS,
        Job("insights.rebuild", facts.rebuild, kind="heavy"),
        Job("insights.fill", facts.fill),
        Job("insights.prove", duties.prove, kind="heavy"),
        Job("insights.begin", begin),
        Job("insights.watch", watching.watch),
        Job("insights.tell", watching.mail_owner),
    ],
    schedules=[
        *card_module.SCHEDULES,
        *reporting.SCHEDULES,
        Schedule("insights.fill", timedelta(hours=1)),
        Schedule("insights.prove", timedelta(days=1)),
        Schedule("insights.watch", timedelta(hours=1)),
        Schedule("insights.begin", timedelta(days=1)),  # firms from before, and what a new version brings
    ],
    observers=[facts.follow, closing_facts.follow, *card_module.OBSERVERS],
    reactions=[
        *card_module.REACTIONS,
        Reaction("client.merged", run=facts.moved),
        Reaction("member.leaving", run=facts.handed_over),
        Reaction("firm.created", job="insights.begin"),
        Reaction("survey.answered", run=answer_facts.answered),
    ],
    navigation=[
        NavItem(_("Insights"), "/insights", "chart-bar", "insights.read", section="manage", first=True),
        *card_module.NAVIGATION,
    ],
    deeds={
        **card_module.DEEDS,
        "insights.health": _("Rules of client health set"),
        **reporting.DEEDS,
        **proof_pages.DEEDS,
        "insights.target": _("Target set"),
        "insights.export": _("Figures exported"),
        "insights.alert": _("Alert made"),
        "insights.alert_ended": _("Alert ended"),
        "insights.answer": _("Alert answered"),
    },
    duties=card_module.DUTIES,
    guards="guards.sql",
    panels={
        "clients.rail": [health_pages.panel],
        "regulations.rail": [standards.panel],
        "firms.security": [proof_pages.panel],
    },
)
