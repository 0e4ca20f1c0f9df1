"""What refunds contributes to the product."""

from __future__ import annotations

from datetime import timedelta

from saas.kernel.access import EVERYONE, grant
from saas.kernel.i18n import _
from saas.kernel.module import Job, Module, NavItem, Reaction, Schedule
from saas.refunds import duties, models, pages, reactions
from saas.refunds.asking import (
    chasing,
    clarifying_pages,
    client_links,
    client_mails,
    front_door,
    public,
    sub_tasks,
    talk,
)
from saas.refunds.assessing import assessment_pages
from saas.refunds.lists import finding, list_pages
from saas.refunds.lists.list_queries import OPEN_REQUESTS
from saas.refunds.payment import credits, payment_models, payment_module
from saas.refunds.policies import policy_models, policy_module
from saas.refunds.watch import declaration as watch
from saas.refunds.watch import watch_models
from saas.refunds.workflow import APPROVER, HANDLER, REFUND
from saas.refunds.writing import answers, letters

# Tables of their own files, and messages known to the sender, before anything is sent.
REGISTERED = (
    policy_models.RefundPolicy,
    payment_models.Payment,
    watch_models.Signal,
    client_links.LINK,
    *client_mails.REGISTERED,
    *payment_module.REGISTERED,
)

MODULE = Module(
    "refunds",
    tables=models,
    routes=[
        *list_pages.ROUTES,
        *pages.ROUTES,
        *talk.ROUTES,
        *sub_tasks.ROUTES,
        *assessment_pages.ROUTES,
        *clarifying_pages.ROUTES,
        *client_links.ROUTES,
        *front_door.ROUTES,
        *public.ROUTES,
        *payment_module.ROUTES,
        *watch.ROUTES,
        *policy_module.ROUTES,
    ],
    workflows=[REFUND],
    grants=[
        grant("refunds.read", _("See refunds"), *EVERYONE),
        grant("refunds.request", _("Write down a client’s request"), "owner", "manager", "reviewer", "bookkeeper"),
        grant("refunds.work", _("Prepare refunds"), "owner", "manager", "reviewer", "bookkeeper"),
        grant("refunds.review", _("Countersign and reject refunds"), "owner", "manager", "reviewer"),
        grant("refunds.approve", _("Approve refunds"), "owner", "manager"),
        grant("refunds.manage", _("Settle disputes and appeals"), "owner", "manager"),
        grant("refunds.pay", _("Check accounts and pay"), "cashier"),
        grant("refunds.policy", _("Change the refund policy and the budget"), "owner", "manager"),
        grant("refunds.export", _("Export refunds"), "owner", "manager", "reviewer", "auditor"),
        grant("refunds.watch", _("Watch over refunds"), "owner", "manager", "reviewer", "auditor"),
        *payment_module.GRANTS,
    ],
    jobs=[
        *payment_module.JOBS,
        *watch.JOBS,
        Job("refunds.chase", chasing.chase),
        Job("refunds.lapse", chasing.lapse),
        Job("refunds.find_asker", client_links.find_asker),
    ],
    schedules=[
        *watch.SCHEDULES,
        Schedule("refunds.chase", timedelta(hours=1)),
        Schedule("refunds.lapse", timedelta(hours=1)),
    ],
    reactions=[
        *watch.REACTIONS,  # first: an open signal closes the fast lane
        *payment_module.REACTIONS,
        *policy_module.REACTIONS,
        Reaction("refund.submitted", run=reactions.received),
        Reaction("refund.supplied", run=reactions.supplied),
        Reaction("refund.taken", run=reactions.taken),
        *(Reaction(f"refund.{end}", run=reactions.talk_is_over) for end in ("completed", "cancelled", "converted")),
        Reaction("refund.assessed", run=letters.draft_offer),
        Reaction("refund.countersigned", run=letters.send_offer),
        Reaction("refund.rejected", run=letters.send_rejection),
        Reaction("refund.refused", run=letters.send_decision),
        *(
            Reaction(f"refund.{end}", run=letters.drop_drafts)
            for end in ("returned", "cancelled", "converted", "lapsed")
        ),
        *(Reaction(f"notice.{how}", run=answers.sent) for how in ("accepted", "delivered", "viewed")),
        Reaction("notice.acknowledged", run=answers.acknowledged),
        Reaction("notice.objected", run=answers.objected),
        Reaction("notice.withdrawn", run=answers.withdrawn),
        Reaction("message.failed", run=reactions.message_failed),
        Reaction("client.merged", run=reactions.follow_merge),
        Reaction("member.leaving", run=reactions.follow_leaving),
    ],
    emits=[*payment_module.EMITS, *policy_module.EMITS],
    settings=[*policy_module.SETTINGS, *payment_module.SETTINGS],
    holdings=[reactions.holdings],
    search=[finding.search],
    deeds={
        **payment_module.DEEDS,
        **watch.DEEDS,
        **policy_module.DEEDS,
        "refund.start": _("Refund request opened"),
        "refunds.export": _("List of refunds exported"),
        "refunds.calculate": _("Calculation kept"),
        "refunds.add_papers": _("Papers added"),
        "refunds.correct_payer": _("Payer corrected"),
        "refunds.waive": _("Gone on without a paper"),
        "refunds.remind": _("Client reminded"),
        "refunds.escalate": _("Handed to the manager: the client does not answer"),
        "refunds.share_link": _("Link handed on"),
        "refunds.sub_task": _("Sub-task given"),
        "refunds.sub_task_done": _("Sub-task done"),
    },
    navigation=[NavItem(_("Refunds"), "/refunds", "receipt-refund", "refunds.read", count=OPEN_REQUESTS)],
    panels={"clients.detail": [finding.client_panel, credits.client_panel, *policy_module.PANELS]},
    qualifications={HANDLER: _("Handles refunds"), APPROVER: _("Approves refunds")},
    duties=[duties.proved],
    guards="guards.sql",
)
