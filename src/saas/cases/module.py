"""What cases contributes to the product."""

from __future__ import annotations

from datetime import timedelta

from saas.cases import (
    asking,
    bulk,
    bulk_models,
    bulk_pages,
    case_page,
    chasing,
    chores,
    client_links,
    export,
    fault_models,
    fault_pages,
    faults,
    handing_over,
    models,
    pages,
    public,
    question_models,
    question_pages,
    reactions,
    talk,
    watching,
)
from saas.cases.period_board import pages as board
from saas.cases.queries import OPEN_CASES
from saas.cases.workflow import CASE, HIGH_RISK
from saas.kernel.access import EVERYONE, grant
from saas.kernel.i18n import _
from saas.kernel.module import Job, Module, NavItem, Reaction, Schedule

# Tables of their own file, and messages known to the sender, before anything is sent.
REGISTERED = (
    question_models.Question,
    fault_models.SystemFault,
    bulk_models.BulkOpening,
    asking.QUESTION,
    asking.REMINDER,
    client_links.INTAKE,
    client_links.STATUS,
    watching.PROGRESS,
)
PREPARERS = ("owner", "manager", "reviewer", "bookkeeper")

MODULE = Module(
    "cases",
    tables=models,
    routes=[
        *pages.ROUTES,
        *case_page.ROUTES,
        *bulk_pages.ROUTES,
        *fault_pages.ROUTES,
        *talk.ROUTES,
        *question_pages.ROUTES,
        *client_links.ROUTES,
        *export.ROUTES,
        *public.ROUTES,
        *board.ROUTES,
    ],
    workflows=[CASE],
    grants=[
        grant("cases.read", _("See cases"), *EVERYONE),
        grant("cases.open", _("Open and reopen cases"), *PREPARERS),
        grant("cases.work", _("Work on cases"), *PREPARERS),
        grant("cases.review", _("Review cases of others, dismiss them"), "owner", "manager", "reviewer"),
        grant("cases.manage", _("Approve at second level, close cases"), "owner", "manager"),
        grant("cases.export", _("Export case files"), "owner", "manager", "reviewer", "auditor"),
    ],
    jobs=[
        Job("cases.chase", chasing.chase),
        Job("cases.open_many", bulk.open_many),
        Job("cases.escalate", watching.escalate),
        Job("cases.inform", watching.inform),
    ],
    schedules=[
        Schedule("cases.chase", timedelta(hours=1)),
        Schedule("cases.escalate", timedelta(hours=1)),
        Schedule("cases.inform", timedelta(days=1)),
    ],
    reactions=[
        Reaction("case.dismissed", run=reactions.findings_follow),
        Reaction("case.explained", run=reactions.findings_follow),
        Reaction("case.verified", run=reactions.findings_follow),
        Reaction("case.closed", run=reactions.findings_follow),
        Reaction("case.settled", run=reactions.settled),
        Reaction("case.fault_declared", run=faults.freeze),
        *(Reaction(f"case.{end}", run=reactions.drafts_dropped) for end in ("returned", "not_cured", "objected")),
        *(Reaction(f"case.{how}", run=chores.talk_goes_on) for how in ("answered", "resumed", "dismissed")),
        *(Reaction(f"case.{how}", run=chores.letter_is_settled) for how in ("acknowledged", "objected", "returned")),
        Reaction("finding.returned", run=reactions.finding_returned),
        Reaction("notice.approved", run=reactions.notice_approved),
        Reaction("notice.accepted", run=reactions.notice_sent),
        Reaction("notice.delivered", run=reactions.notice_sent),
        Reaction("notice.viewed", run=reactions.notice_sent),
        Reaction("notice.acknowledged", run=reactions.notice_answered),
        Reaction("notice.objected", run=reactions.notice_answered),
        Reaction("notice.expired", run=reactions.letter_expired),
        Reaction("notice.withdrawn", run=reactions.letter_withdrawn),
        Reaction("message.failed", run=reactions.message_failed),
        Reaction("client.merged", run=reactions.follow_merge),
        Reaction("member.leaving", run=handing_over.follow_leaving),
    ],
    holdings=[handing_over.holdings],
    search=[handing_over.search],
    deeds={
        "case.start": _("Case opened"),
        "cases.remind": _("Client reminded"),
        "cases.escalate": _("Handed to the manager: the client does not answer"),
        "cases.withdraw_question": _("Question withdrawn"),
        "cases.ticket": _("Ticket of the vendor"),
        "cases.restore_test": _("Restored books compared"),
        "cases.note": _("Note written"),
        "cases.open_many": _("Cases for many clients promised"),
        "cases.lesson": _("Lesson written"),
        "cases.export": _("Case file exported"),
        "cases.sub_task": _("Sub-task given"),
        "cases.sub_task_done": _("Sub-task done"),
        "cases.share_link": _("Link handed on"),
    },
    navigation=[NavItem(_("Anomalies"), "/cases", "alert-triangle", "cases.read", count=OPEN_CASES)],
    qualifications={HIGH_RISK: _("Approves and books high-risk corrections")},
    by_choice=[HIGH_RISK],
    guards="guards.sql",
    panels={"clients.detail": [client_links.client_panel], "cases.detail": [fault_pages.panel]},
)
