"""What risks contributes to the product."""

from __future__ import annotations

from datetime import timedelta

from saas.kernel.access import EVERYONE, STAFF, grant
from saas.kernel.i18n import _
from saas.kernel.module import Job, Module, NavItem, Reaction, Schedule
from saas.risks import leaving, models
from saas.risks.drills import drill_module
from saas.risks.incidents import case_panel, mass, mass_pages, mass_public, timeline
from saas.risks.incidents import pages as incident_pages
from saas.risks.incidents.queries import RUNNING_INCIDENTS
from saas.risks.incidents.workflow import INCIDENT
from saas.risks.playbooks import pages as playbook_pages
from saas.risks.register import list_pages, reminding
from saas.risks.register import pages as risk_pages
from saas.risks.register.workflow import RISK
from saas.risks.relations import pages as relation_pages
from saas.risks.relations import watching
from saas.risks.starter import begin
from saas.risks.watch import counting as hits
from saas.risks.watch import limits
from saas.risks.watch import pages as watch_pages

WRITERS = ("owner", "manager", "reviewer", "bookkeeper")
STEPS = ("contained", "recovered", "worsened", "reviewed", "closed", "called_off", "handed_over")

MODULE = Module(
    "risks",
    tables=models,
    guards="guards.sql",
    routes=[
        *list_pages.ROUTES,
        *risk_pages.ROUTES,
        *watch_pages.ROUTES,
        *relation_pages.ROUTES,
        *playbook_pages.ROUTES,
        *incident_pages.ROUTES,
        *mass_pages.ROUTES,
        *mass_public.ROUTES,
        *drill_module.ROUTES,
    ],
    workflows=[RISK, INCIDENT, mass.MASS, *drill_module.WORKFLOWS],
    grants=[
        grant("risks.read", _("See risks, playbooks and incidents"), *EVERYONE),
        grant("risks.write", _("Describe, score and treat risks"), *WRITERS),
        grant("risks.decide", _("Close risks, set limits and write playbooks"), "owner", "manager"),
        grant("risks.export", _("Export risks"), "owner", "manager", "reviewer", "auditor"),
        grant("incidents.declare", _("Declare an incident"), *STAFF),
        grant("incidents.work", _("Work on incidents"), *STAFF),
        grant("incidents.review", _("Review incidents led by others"), "owner", "manager", "reviewer"),
        grant("incidents.manage", _("Approve mass notices, close incidents"), "owner", "manager"),
        *drill_module.GRANTS,
    ],
    schedules=[
        *drill_module.SCHEDULES,
        Schedule("risks.limits", timedelta(hours=1)),
        Schedule("risks.resume", timedelta(hours=1)),
        Schedule("risks.remind", timedelta(days=1)),
        Schedule("risks.relations", timedelta(days=1)),
    ],
    jobs=[
        *drill_module.JOBS,
        Job("risks.begin", begin),
        Job("risks.limits", limits.run),
        Job("risks.remind", reminding.run),
        Job("risks.relations", watching.run),
        Job("risks.tell_clients", mass.tell_clients),
        Job("risks.resume", mass.resume),
    ],
    reactions=[
        *drill_module.REACTIONS,
        Reaction("firm.created", job="risks.begin"),
        Reaction("finding.confirmed", run=hits.finding_confirmed),
        Reaction("case.analysed", run=hits.case_analysed),
        *(
            Reaction(f"refund.{step}", run=hits.refund_stepped)
            for step in ("submitted", "taken", "assessed", "payee_written", "approved")
        ),
        Reaction("client.merged", run=hits.follow_merge),
        Reaction("mass_notice.approved", run=mass.approved),
        Reaction("member.leaving", run=leaving.follow_leaving),
        *(Reaction(f"incident.{step}", run=timeline.follow) for step in STEPS),
    ],
    deeds={
        **drill_module.DEEDS,
        "risk.start": _("Risk written down"),
        "risks.describe": _("Description changed"),
        "risks.score": _("Scored anew"),
        "risks.review": _("Risk reviewed"),
        "risks.add_measure": _("Measure written down"),
        "risks.finish_measure": _("Measure done"),
        "risks.export": _("Risk register exported"),
        "risks.set_limit": _("Limit set"),
        "risks.settle_limit": _("Limit looked at"),
        "risks.called": _("Client called before it leaves"),
        "risks.decline_suggestion": _("Suggestion left"),
        "playbooks.add": _("Playbook added"),
        "playbooks.set": _("Playbook’s settings changed"),
        "playbooks.review": _("Playbook reviewed"),
        "playbooks.rewrite": _("Playbook rewritten"),
        "incident.start": _("Incident declared"),
        "mass_notice.start": _("Notice to clients drafted"),
    },
    holdings=[leaving.holdings],
    navigation=[
        NavItem(_("Risks"), "/risks", "shield-half", "risks.read", section="manage", count=RUNNING_INCIDENTS),
    ],
    panels={"clients.detail": [watching.client_panel], "cases.rail": [case_panel.of_case]},
)
