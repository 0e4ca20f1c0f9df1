"""What teams contributes to the product."""

from __future__ import annotations

from datetime import timedelta

from saas.kernel.access import EVERYONE, STAFF, grant
from saas.kernel.i18n import _
from saas.kernel.module import Job, Module, NavItem, Reaction, Schedule
from saas.tasks.routing import provide_deputies
from saas.teams import models
from saas.teams.cover import arranging, away, telling
from saas.teams.cover import pages as cover
from saas.teams.duty_proof import proved
from saas.teams.handover import pages as handover
from saas.teams.handover import printing
from saas.teams.handover.workflow import HANDOVER
from saas.teams.helping import asking
from saas.teams.helping import pages as helping
from saas.teams.helping.workflow import HELP
from saas.teams.load import pages as load
from saas.teams.raci import informing, matrix
from saas.teams.raci import pages as raci
from saas.teams.skills import pages as skills
from saas.teams.spirit import pages as spirit
from saas.teams.starter import begin

provide_deputies(away.deputy_of)
BESIDE = [matrix.of_record, helping.of_record]

MODULE = Module(
    "teams",
    tables=models,
    guards="guards.sql",
    routes=[
        *spirit.ROUTES,
        *load.ROUTES,
        *cover.ROUTES,
        *helping.ROUTES,
        *handover.ROUTES,
        *raci.ROUTES,
        *skills.ROUTES,
    ],
    workflows=[HELP, HANDOVER],
    grants=[
        grant("teams.read", _("See the team, its load and who stands in"), *EVERYONE),
        grant("teams.help", _("Ask colleagues, answer and thank them"), *STAFF),
        grant("teams.cover", _("Record one’s absence and who stands in"), *STAFF),
        grant("teams.handover", _("Write and sign hand-over lists"), *STAFF),
        grant("teams.manage", _("Lay down duties and skills, record absences of others"), "owner", "manager"),
        grant("teams.export", _("Export the skill matrix"), "owner", "manager", "reviewer", "auditor"),
    ],
    jobs=[
        Job("teams.begin", begin),
        Job("teams.end_covers", arranging.end_run_out),
        Job("teams.keep_handover", printing.keep, kind="heavy"),
    ],
    schedules=[
        Schedule("teams.end_covers", every=timedelta(hours=1)),
        Schedule("teams.begin", every=timedelta(days=1)),  # firms from before, and what a new version brings
    ],
    observers=[informing.inform, asking.follow, telling.tell],
    reactions=[
        Reaction("firm.created", job="teams.begin"),
        Reaction("handover.supervised", job="teams.keep_handover"),
    ],
    panels={
        "cases.rail": BESIDE,
        "refunds.rail": BESIDE,
        "notices.rail": BESIDE,
        "checklists.rail": BESIDE,
        "tasks.rail": [cover.on_my_work],
        "firms.member": [cover.of_member],
    },
    navigation=[NavItem(_("Team"), "/teams", "users", "teams.read", section="manage")],
    deeds={
        "help.start": _("Question asked"),
        "handover.start": _("Hand-over list begun"),
        "teams.duty": _("Duties of a step laid down"),
        "teams.cover": _("Absence or delegation recorded"),
        "teams.cover_ended": _("Absence or delegation ended"),
        "teams.move_open": _("Open work given to the deputy"),
        "teams.hand": _("Task handed to a colleague"),
        "teams.line": _("Line of a hand-over list written"),
        "teams.line_dropped": _("Line of a hand-over list taken off"),
        "teams.skill": _("Skill written down"),
        "teams.skill_retired": _("Skill taken out of use"),
        "teams.skill_mark": _("Skill judged"),
        "teams.skills_export": _("Skill matrix exported"),
        "teams.goal": _("Goal of the team set"),
        "teams.goal_progress": _("Progress of a goal"),
        "teams.goal_ended": _("Goal ended"),
    },
    duties=[proved],
)
