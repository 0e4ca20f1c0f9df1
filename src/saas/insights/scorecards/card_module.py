"""What scorecards and the ledger of bonuses and penalties contribute to insights."""

from __future__ import annotations

from datetime import timedelta

from saas.insights.scorecards import card_pages, entry_pages, proposing, rule_pages, settling, weighing
from saas.insights.scorecards.card_workflow import SCORECARD
from saas.insights.scorecards.duty_proof import proved
from saas.insights.scorecards.pay_workflow import PAY_ENTRY
from saas.kernel.access import STAFF, grant
from saas.kernel.i18n import _
from saas.kernel.module import Job, NavItem, Reaction, Schedule

ROUTES = [*rule_pages.ROUTES, *card_pages.ROUTES, *entry_pages.ROUTES]
WORKFLOWS = [SCORECARD, PAY_ENTRY]
GRANTS = [
    grant("insights.score", _("Make scorecards, answer objections, approve bonuses and penalties"), "owner", "manager"),
    grant("insights.propose", _("Propose a bonus or penalty for a colleague"), "owner", "manager", "reviewer"),
    grant("insights.own", _("See one’s own scorecards"), *STAFF),
]
DUTIES = [proved]
JOBS = [Job("insights.begin_cards", weighing.begin), Job("insights.settle", settling.settle)]
SCHEDULES = [
    Schedule("insights.settle", timedelta(hours=1)),
    Schedule("insights.begin_cards", timedelta(days=1)),  # firms from before, and what a new version brings
]
OBSERVERS = [settling.follow]
REACTIONS = [
    Reaction("firm.created", job="insights.begin_cards"),
    Reaction("scorecard.closed", run=proposing.follow_closing),
    Reaction("member.leaving", run=settling.follow_leaving),
]
NAVIGATION = [NavItem(_("My scorecards"), "/scorecards", "certificate", "insights.own")]
DEEDS = {
    "insights.scorecards": _("Scorecards made"),
    "insights.weights": _("Weights of the scorecards set"),
    "insights.pay_rule": _("Rule for bonuses or penalties set"),
    "insights.pay_export": _("Bonuses and penalties exported"),
}
