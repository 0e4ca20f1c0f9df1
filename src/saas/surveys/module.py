"""What surveys contributes to the product."""

from saas.kernel.i18n import _
from saas.kernel.module import Job, Module, Reaction
from saas.surveys import models, public
from saas.surveys.followup import after_answer
from saas.surveys.panels import of_case, of_refund
from saas.surveys.refund_report import of_refunds
from saas.surveys.sending import send, send_after_refund

MODULE = Module(
    "surveys",
    tables=models,
    routes=public.ROUTES,
    jobs=[Job("surveys.send", send), Job("surveys.send_after_refund", send_after_refund)],
    reactions=[
        Reaction("case.verified", job="surveys.send"),
        Reaction("refund.paid", job="surveys.send_after_refund"),
        Reaction("survey.answered", run=after_answer),
    ],
    emits=["survey.answered"],
    deeds={"surveys.answer": _("Rated by the client")},
    panels={"cases.rail": [of_case], "refunds.rail": [of_refund], "refunds.times": [of_refunds]},
)
