"""What assignments, the matrix, team sessions, credits and gates contribute to the module."""

from __future__ import annotations

from datetime import timedelta

from saas.kernel.access import grant
from saas.kernel.i18n import _
from saas.kernel.module import Job, NavItem, Reaction, Schedule
from saas.training.assigning import bulk, occasions, reminders, settling
from saas.training.assigning import pages as assignment_pages
from saas.training.credits import ledger
from saas.training.credits import pages as credit_pages
from saas.training.gates import pages as gate_pages
from saas.training.gates import panel as gate_panel
from saas.training.matrix import pages as matrix_pages
from saas.training.people import pages as people_pages
from saas.training.sessions import holding, role_play_pages
from saas.training.sessions import pages as session_pages

MANAGERS, TEACHERS = ("owner", "manager"), ("owner", "manager", "trainer")
ROUTES = [*gate_pages.ROUTES, *assignment_pages.ROUTES, *matrix_pages.ROUTES, *session_pages.ROUTES,
          *role_play_pages.ROUTES, *credit_pages.ROUTES, *people_pages.ROUTES]  # fmt: skip
GRANTS = [
    grant("training.overview", _("See who has learned what"), *TEACHERS, "auditor"),
    grant("training.assign", _("Assign courses"), *TEACHERS),
    grant("training.waive", _("Let somebody off a course"), *MANAGERS),
    grant("training.hold", _("Plan team sessions and note who was there"), *TEACHERS),
    grant("training.confirm", _("Confirm credits that others earned outside"), *MANAGERS),
    grant("training.gates", _("Say for which deeds a certificate is asked for"), "owner"),
]
SETTINGS = [NavItem(_("Gates"), "/settings/gates", "lock", "firms.read", "settings")]
PANELS = {"firms.member": [gate_panel.of_member]}
JOBS = [
    Job("training.assign", bulk.give),
    Job("training.for_roles", occasions.for_roles),
    Job("training.after_case", occasions.after_case),
    Job("training.after_lesson", occasions.after_lesson),
    Job("training.after_policy", occasions.after_policy),
    Job("training.daily", occasions.daily),
    Job("training.remind", reminders.remind),
]
SCHEDULES = [
    Schedule("training.daily", every=timedelta(days=1)),
    Schedule("training.remind", every=timedelta(hours=6)),
]
REACTIONS = [
    Reaction("member.joined", job="training.for_roles"),
    Reaction("member.roles", job="training.for_roles"),
    Reaction("training.published", job="training.for_roles"),
    Reaction("case.confirmed", job="training.after_case"),
    Reaction("case.closed", job="training.after_lesson"),
    Reaction("refund_policy.published", job="training.after_policy"),
    Reaction("training.passed", run=settling.passed),
    Reaction("training.passed", run=ledger.after_passed),
    Reaction("member.leaving", run=holding.follow_leaving),
    Reaction("member.leaving", run=settling.follow_leaving),
]
HOLDINGS = [settling.holdings, holding.holdings]
DEEDS = {
    "training.waive": _("Let off a course"),
    "training.assign": _("Course assigned"),
    "training.gate": _("Gate set"),
    "training.session": _("Team session planned"),
    "training.session_held": _("Team session held"),
    "training.role_play": _("Talk scored"),
    "training.session_off": _("Team session called off"),
    "training.credits": _("Credits decided"),
    "training.plan": _("Yearly plan changed"),
    "training.export": _("Credits exported"),
}
