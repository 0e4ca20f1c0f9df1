"""What improvement contributes to the product."""

from __future__ import annotations

from datetime import timedelta

from saas.improvement import jobs, leaving, models
from saas.improvement.causes import effect_pages, step_pages
from saas.improvement.causes import pages as cause_pages
from saas.improvement.changes import pages as change_pages
from saas.improvement.changes import rewriting
from saas.improvement.changes.workflow import CHANGE
from saas.improvement.duty_proof import proved
from saas.improvement.lessons import action_pages, gathering, inbox_pages
from saas.improvement.lessons import pages as lesson_pages
from saas.improvement.lessons.queries import UNDECIDED
from saas.improvement.lessons.workflow import IMPROVEMENT
from saas.improvement.regulations import editing, market_pages, rollout, rollout_pages
from saas.improvement.regulations import pages as regulation_pages
from saas.kernel.access import EVERYONE, STAFF, grant
from saas.kernel.i18n import _
from saas.kernel.module import Job, Module, NavItem, Reaction, Schedule

MODULE = Module(
    "improvement",
    tables=models,
    routes=[
        *lesson_pages.ROUTES,
        *action_pages.ROUTES,
        *inbox_pages.ROUTES,
        *change_pages.ROUTES,
        *cause_pages.ROUTES,
        *effect_pages.ROUTES,
        *step_pages.ROUTES,
        *editing.ROUTES,
        *regulation_pages.ROUTES,
        *rollout_pages.ROUTES,
        *market_pages.ROUTES,
    ],
    workflows=[IMPROVEMENT, CHANGE],
    grants=[
        grant("improvement.read", _("See lessons, changes and regulations"), *EVERYONE),
        grant("improvement.write", _("Write lessons, ideas and drafts of changes"), *STAFF),
        grant("improvement.judge", _("Judge whether an action helped"), "owner", "manager", "reviewer"),
        grant("improvement.manage", _("Approve changes, share lessons, roll out regulations"), "owner", "manager"),
        grant("improvement.register", _("Keep the register of regulations"), "owner", "manager", "trainer"),
    ],
    jobs=[
        Job("improvement.begin", jobs.begin),
        Job("improvement.daily", jobs.daily),
    ],
    schedules=[Schedule("improvement.daily", timedelta(hours=12))],
    reactions=[
        Reaction("firm.created", job="improvement.begin"),
        Reaction("case.started", run=rollout.case_opened),
        Reaction("case.closed", run=gathering.case_closed),
        Reaction("incident.closed", run=gathering.incident_closed),
        Reaction("change.approved", run=rewriting.approved),
        Reaction("change.sent_back", run=rewriting.sent_back),
        Reaction("change.given_up", run=rewriting.dropped),
        Reaction("change.withdrawn", run=rewriting.dropped),
        Reaction("improvement.failed", run=gathering.try_again),
        Reaction("refund.archived", run=gathering.refund_archived),
        Reaction("refund.disputed", run=gathering.refund_disputed),
        Reaction("survey.answered", run=gathering.survey_answered),
        Reaction("member.leaving", run=leaving.follow_leaving),
    ],
    holdings=[leaving.holdings],
    deeds={
        "improvement.start": _("Action begun"),
        "change.start": _("Change drafted"),
        "improvement.lesson": _("Lesson written"),
        "improvement.learned": _("Lesson put into words"),
        "improvement.cause": _("Cause added"),
        "improvement.root": _("Root cause marked"),
        "improvement.cause_removed": _("Cause taken away"),
        "improvement.share": _("Lesson shared"),
        "improvement.idea": _("Idea written down"),
        "improvement.dismiss": _("Put aside"),
        "improvement.edit_change": _("Draft changed"),
        "improvement.register": _("Regulation recorded"),
        "improvement.edit_entry": _("Regulation changed"),
        "improvement.reviewed": _("Regulation looked at again"),
        "improvement.archive": _("Regulation put away"),
        "improvement.roll_out": _("Task given because of a regulation"),
        "improvement.rolled_out": _("Done for a regulation"),
        "improvement.ask_to_read": _("Asked to read"),
        "improvement.read_competitor": _("Competitor’s terms recorded"),
    },
    navigation=[
        NavItem(_("Improvement"), "/improvement", "bulb", "improvement.read", section="manage", count=UNDECIDED)
    ],
    duties=[proved],
    guards="guards.sql",
)  # fmt: skip
