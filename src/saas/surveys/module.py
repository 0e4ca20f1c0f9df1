"""What surveys contributes to the product."""

from datetime import timedelta

from saas.kernel.access import grant
from saas.kernel.i18n import _
from saas.kernel.module import Job, Module, NavItem, Reaction, Schedule
from saas.surveys import models, public
from saas.surveys.building import pages as building_pages
from saas.surveys.building import tag_pages
from saas.surveys.followup import after_answer, follow_merge
from saas.surveys.inbox import answer_pages, score_pages
from saas.surveys.inbox import pages as inbox_pages
from saas.surveys.notes import pages as note_pages
from saas.surveys.notes.telling import tell
from saas.surveys.occasions import daily
from saas.surveys.panels import of_case, of_client, of_refund
from saas.surveys.refund_report import of_refunds
from saas.surveys.sending import ask_later, send, send_after_refund, send_to_lost
from saas.surveys.starter import begin

LEADS = ("owner", "manager", "reviewer")

MODULE = Module(
    "surveys",
    tables=models,
    routes=[
        *public.ROUTES,
        *inbox_pages.ROUTES,
        *score_pages.ROUTES,
        *building_pages.ROUTES,
        *tag_pages.ROUTES,
        *note_pages.ROUTES,
        *answer_pages.ROUTES,
    ],
    grants=[
        grant("surveys.read", _("See what clients answered, scores and questionnaires"), *LEADS, "auditor"),
        grant("surveys.follow", _("Open the answer one follows up"), *LEADS, "bookkeeper", "auditor"),
        grant("surveys.reply", _("Follow up answers and put themes on them"), *LEADS, "bookkeeper"),
        grant("surveys.manage", _("Build questionnaires and themes, write notes to clients"), "owner", "manager"),
        grant("surveys.export", _("Export answers"), "owner", "manager", "auditor"),
    ],
    jobs=[
        Job("surveys.begin", begin),
        Job("surveys.send", send),
        Job("surveys.send_after_refund", send_after_refund),
        Job("surveys.send_to_lost", send_to_lost),
        Job("surveys.ask", ask_later),
        Job("surveys.daily", daily),
        Job("surveys.tell", tell),
    ],
    schedules=[Schedule("surveys.daily", timedelta(days=1))],
    reactions=[
        Reaction("firm.created", job="surveys.begin"),
        Reaction("case.verified", job="surveys.send"),
        Reaction("refund.paid", job="surveys.send_after_refund"),
        Reaction("client.archived", job="surveys.send_to_lost"),
        Reaction("client.merged", run=follow_merge),
        Reaction("survey.answered", run=after_answer),
    ],
    emits=["survey.answered"],
    deeds={
        "surveys.answer": _("Rated by the client"),
        "surveys.follow": _("Follow-up given to somebody"),
        "surveys.reply": _("Replied to an answer"),
        "surveys.version": _("Questionnaire changed"),
        "surveys.tag": _("Theme changed"),
        "surveys.note": _("Note to clients written"),
        "surveys.told": _("The client was told what we did"),
        "surveys.export": _("Answers exported"),
    },
    navigation=[NavItem(_("Surveys"), "/surveys", "message-star", "surveys.read", section="manage")],
    panels={
        "clients.rail": [of_client],
        "cases.rail": [of_case],
        "refunds.rail": [of_refund],
        "refunds.times": [of_refunds],
    },
)
