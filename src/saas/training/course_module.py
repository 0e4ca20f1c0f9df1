"""What courses, exams and certificates contribute to the module."""

from __future__ import annotations

from datetime import timedelta

from saas.kernel.access import EVERYONE, STAFF, grant
from saas.kernel.i18n import _
from saas.kernel.module import Job, NavItem, Reaction, Schedule
from saas.training import loading
from saas.training.certificates import pages as certificate_pages
from saas.training.certificates import printing, verify
from saas.training.courses import pages as course_pages
from saas.training.editing import from_case, lesson_pages, practice_pages, question_pages
from saas.training.editing import pages as editing_pages
from saas.training.exams import pages as exam_pages
from saas.training.exams import result_pages, sitting

ROUTES = [
    *course_pages.ROUTES,
    *exam_pages.ROUTES,
    *result_pages.ROUTES,
    *certificate_pages.ROUTES,
    *verify.ROUTES,
    *editing_pages.ROUTES,
    *lesson_pages.ROUTES,
    *question_pages.ROUTES,
    *practice_pages.ROUTES,
    *from_case.ROUTES,
]
GRANTS = [
    grant("training.read", _("See courses and their own certificates"), *EVERYONE),
    grant("training.learn", _("Take courses and exams"), *STAFF),
    grant("training.teach", _("Edit courses and open further attempts"), "trainer", "manager", "owner"),
    grant("training.results", _("See the results of others"), "trainer", "manager", "owner", "auditor"),
]
JOBS = [
    Job("training.begin", loading.begin),
    Job("training.print", printing.print_one, kind="heavy"),
    Job("training.lapse", sitting.lapse),
]
SCHEDULES = [
    Schedule("training.begin", timedelta(days=1)),  # firms from before, and courses that a new version brings
    Schedule("training.lapse", timedelta(minutes=5)),
]
REACTIONS = [Reaction("firm.created", job="training.begin")]
PANELS = {"cases.rail": [from_case.panel]}
NAVIGATION = [NavItem(_("Training"), "/training", "school", "training.read")]
DEEDS = {
    "training.begin": _("Exam begun"),
    "training.hand_in": _("Exam handed in"),
    "training.certify": _("Certificate issued"),
    "training.withdraw": _("Certificate withdrawn"),
    "training.reopen": _("Another attempt opened"),
    "training.draft": _("Draft of a course begun"),
    "training.from_practice": _("Question made of a closed record"),
    "training.publish": _("Version of a course published"),
    "training.discard": _("Draft of a course thrown away"),
    "training.retire": _("Course taken out of use"),
    "training.restore": _("Course taken into use again"),
}
