"""What risks contributes to the product."""

from __future__ import annotations

from saas.kernel.access import EVERYONE, STAFF, grant
from saas.kernel.i18n import _
from saas.kernel.module import Job, Module, Reaction
from saas.risks import models
from saas.risks.drills import drill_module
from saas.risks.incidents import timeline
from saas.risks.incidents.workflow import INCIDENT
from saas.risks.register.workflow import RISK
from saas.risks.starter import begin

WRITERS = ("owner", "manager", "reviewer", "bookkeeper")
STEPS = ("contained", "recovered", "worsened", "reviewed", "closed", "called_off", "handed_over")

MODULE = Module(
    "risks",
    tables=models,
    guards="guards.sql",
    routes=[*drill_module.ROUTES],
    workflows=[RISK, INCIDENT, *drill_module.WORKFLOWS],
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
    schedules=drill_module.SCHEDULES,
    jobs=[*drill_module.JOBS, Job("risks.begin", begin)],
    reactions=[
        *drill_module.REACTIONS,
        Reaction("firm.created", job="risks.begin"),
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
        "incident.start": _("Incident declared"),
    },
)
