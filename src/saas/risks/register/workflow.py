"""The table of a risk: open → treated → accepted or closed, and back when it has to be looked at anew."""

from __future__ import annotations

from saas.kernel.i18n import _
from saas.kernel.workflow import Action, State, Workflow, states
from saas.risks.models import Risk
from saas.risks.register import rules as r
from saas.risks.register.forms import Reason

FOUND, TREATED, DECIDED = _("Identified"), _("Treatment"), _("Decision")

# Nobody's turn by the clock of a state: reviews and measures have days of their own, and tasks of their own.
# fmt: off
RISK = Workflow(
    "risk",
    label=_("Risk"),
    row=Risk,
    path="risks",
    initial="open",
    url=lambda risk: f"/risks/{risk.id}",
    title=lambda risk: f"{risk.number} {risk.title}",
    assignee=lambda risk: risk.owner_id,
    facts=r.risk_facts,
    states=(
        State("open", _("Untreated"), "system", step=FOUND),
        State("treated", _("Treated"), "system", tone="done", step=TREATED),
        State("accepted", _("Accepted"), "system", tone="sealed", step=DECIDED),
        State("closed", _("Closed"), final=True, tone="sealed", step=DECIDED),
    ),
    actions=(
        Action("treat", _("Treatment is in place"), states("open"), "treated", "risks.write", Risk.treat, form=Reason,
               rules=(r.has_owner, r.measures_are_done), emits="risk.treated", tone="primary"),
        Action("accept", _("Accept what is left"), states("open", "treated"), "accepted", "risks.write", Risk.accept,
               form=Reason, rules=(r.has_owner, r.high_needs_another), emits="risk.accepted"),
        Action("close", _("Close the entry"), states("treated", "accepted"), "closed", "risks.decide", Risk.close,
               form=Reason, rules=(r.not_its_owner,), emits="risk.closed", tone="quiet",
               consequence=_("It is counted no longer; its history stays.")),
        Action("reopen", _("Look at it anew"), states("treated", "accepted", "closed"), "open", "risks.write",
               Risk.reopen, form=Reason, emits="risk.reopened", tone="quiet"),
    ),
)
# fmt: on
