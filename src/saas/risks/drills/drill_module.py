"""What drills contribute to the module of risks."""

from __future__ import annotations

from datetime import timedelta

from saas.kernel.access import EVERYONE, grant
from saas.kernel.i18n import _
from saas.kernel.module import Job, Reaction, Schedule
from saas.risks.drills import errands, jobs, pages
from saas.risks.drills.workflow import DRILL

ROUTES = pages.ROUTES
WORKFLOWS = [DRILL]
GRANTS = [
    grant("drills.read", _("See drills and their scores"), *EVERYONE),
    grant("drills.plan", _("Plan, start and finish drills"), "owner", "manager", "trainer"),
]
JOBS = [
    Job("drills.begin", jobs.begin),
    Job("drills.prepare", jobs.prepare, kind="heavy"),
    Job("drills.end", jobs.end),
    Job("drills.score", jobs.score),
    Job("drills.erase", jobs.erase, kind="heavy"),
    Job("drills.verify", jobs.verify),
    Job("drills.remind", errands.remind),
]
SCHEDULES = [Schedule("drills.remind", every=timedelta(days=1))]
REACTIONS = [
    Reaction("drill.begun", job="drills.prepare"),
    Reaction("drill.finished", job="drills.score"),
    Reaction("drill.scored", job="drills.erase"),
    Reaction("drill.cancelled", job="drills.erase"),
]
DEEDS = {
    "drill.start": _("Drill planned"),
    "drills.keep_plan": _("Yearly drill written down"),
    "drills.end_plan": _("Yearly drill ended"),
}
