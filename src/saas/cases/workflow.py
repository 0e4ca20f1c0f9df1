"""The table of an anomaly case (domain.md W2)."""

from __future__ import annotations

from saas.cases import rules as r
from saas.cases.facts import case_facts
from saas.cases.forms import (
    Analyse,
    Answered,
    Close,
    Confirm,
    DeclareFault,
    Evidence,
    Explain,
    GoOn,
    HandTo,
    Reason,
    Triage,
    WithoutVoucher,
)
from saas.cases.models import Case
from saas.identity.rules import owner_works_here
from saas.kernel.i18n import _
from saas.kernel.workflow import Action, Deed, State, Workflow, states

DAY = 450  # working minutes of a default working day
FIRST_RESPONSE = {"critical": 4 * 60, "high": 4 * 60, "medium": 8 * 60, "low": 16 * 60, "info": 16 * 60}
WHOLE = {"critical": 5 * DAY, "high": 10 * DAY, "medium": 15 * DAY, "low": 20 * DAY, "info": 20 * DAY}

COMPLAINT_RESPONSE = 4 * 60  # a complaint is answered within half a day, however grave it is

HIGH_RISK = "corrections.high_risk"  # a qualification that firms may ask for

FOUND, TALK, ANALYSIS, PLAN = _("Found"), _("Talk with the client"), _("Analysis"), _("Plan")
REVIEW, NOTICE, EXECUTION, PROOF, CLOSED = _("Review"), _("Notice"), _("Execution"), _("Proof"), _("Closed")


def first_response(case: Case) -> int:
    """Working minutes until somebody looks at it."""
    return COMPLAINT_RESPONSE if case.source == "complaint" else FIRST_RESPONSE[case.severity]


def needs_manager(case: Case, deed: Deed) -> str:
    """Where the reviewer's yes leads: to the manager when the plan needs a second level, else straight on."""
    return "in_approval" if case.state == "in_review" and deed.facts.needs_manager else "approved"


def after_fault(case: Case, deed: Deed) -> str:
    """On to the plan where the analysis is complete, else back to the talk with the client."""
    return "analysed" if case.expectation else "contacted"


# fmt: off
STATES = (
    State("new", _("New"), "bookkeeper", first_response, step=FOUND),
    State("reopened", _("Reopened"), "bookkeeper", first_response, step=FOUND),
    State("triaged", _("Triaged"), "assignee", 2 * DAY, step=FOUND),
    State("confirmed", _("Confirmed"), "assignee", DAY, step=TALK),
    State("contacted", _("Client contacted"), "assignee", 2 * DAY, step=TALK),
    State("waiting_client", _("Waiting for the client"), "client", pauses=True, tone="wait", step=TALK),
    State("incident", _("System fault"), "assignee", DAY, tone="late", step=ANALYSIS),
    State("analysed", _("Analysed"), "assignee", 2 * DAY, step=ANALYSIS),
    State("planned", _("Plan in work"), "assignee", 2 * DAY, step=PLAN),
    State("in_review", _("In review"), "reviewer", DAY, step=REVIEW),
    State("in_approval", _("With the manager"), "manager", DAY, step=REVIEW),
    State("explained", _("Explained"), "reviewer", DAY, step=REVIEW),
    State("approved", _("Approved"), "system", 60, step=NOTICE),
    State("notified", _("Client notified"), "client", pauses=True, tone="wait", step=NOTICE),
    State("acknowledged", _("Client agreed"), "assignee", 2 * DAY, step=EXECUTION),
    State("executing", _("Being booked"), "assignee", 2 * DAY, step=EXECUTION),
    State("executed", _("Entered in the books"), "reviewer", 3 * DAY, step=PROOF),
    State("verified", _("Cure proved"), "manager", 2 * DAY, tone="done", step=PROOF),
    State("closed", _("Closed"), final=True, tone="sealed", step=CLOSED),
    State("dismissed", _("Dismissed"), final=True, tone="sealed", step=CLOSED),
)
OPEN = frozenset(s.name for s in STATES if not s.final)
RUNNING = frozenset(s.name for s in STATES if not s.final and not s.pauses)  # their clock does not stand still
BEFORE_A_PLAN = states("new", "reopened", "triaged", "confirmed", "contacted", "waiting_client", "analysed")

ACTIONS = (
    Action("triage", _("Triage"), states("new", "reopened"), "triaged", "cases.work", Case.triage, form=Triage,
           rules=(owner_works_here, r.keeps_reviewers_apart, r.knows_what_and_when), emits="case.triaged",
           tone="primary"),
    Action("dismiss", _("Dismiss"), states("triaged"), "dismissed", "cases.review", Case.dismiss, form=Reason,
           rules=(r.not_own_work, r.manager_if_severe), emits="case.dismissed", tone="quiet",
           consequence=_("The finding counts as a false alarm of its rule.")),
    Action("confirm", _("Confirm the anomaly"), states("triaged"), "confirmed", "cases.work", Case.confirm,
           form=Confirm, rules=(r.has_owner, r.is_owner, r.has_evidence), emits="case.confirmed", tone="primary"),
    Action("contact", _("Client contacted"), states("confirmed"), "contacted", "cases.work", Case.resume,
           rules=(r.is_owner, r.spoke_with_client), tone="primary"),
    Action("wait", _("Wait for the client"), states("confirmed", "contacted"), "waiting_client", "cases.work",
           Case.wait, by="system"),
    Action("resume", _("The client answered"), states("waiting_client"), "contacted", "cases.work", Case.resume,
           rules=(r.spoke_with_client,), emits="case.resumed"),
    Action("answered", _("The client answered"), states("waiting_client"), "contacted", "cases.work", Case.resume,
           by="system", emits="case.answered"),
    Action("analyse", _("Complete the analysis"), states("contacted"), "analysed", "cases.work", Case.analyse,
           form=Analyse, rules=(r.is_owner, r.spoke_with_client, r.nothing_open, r.papers_if_risky),
           emits="case.analysed", tone="primary"),
    Action("declare_fault", _("It is a system fault"), BEFORE_A_PLAN, "incident", "cases.work", Case.declare_fault,
           form=DeclareFault, rules=(r.has_owner, r.is_owner), emits="case.fault_declared", tone="quiet",
           consequence=_("The books stored here are frozen; the case goes on once they are restored and signed off.")),
    Action("sign_off", _("Sign off what was restored"), states("incident"), ("analysed", "contacted"), "cases.review",
           Case.sign_off_fault, form=Reason, choose=after_fault, rules=(r.not_own_work, r.fault_is_mended),
           fresh_sign_in=True, emits="case.fault_mended", tone="primary"),
    Action("explain", _("Nothing is wrong: explain"), states("analysed"), "explained", "cases.work", Case.explain,
           form=Explain, rules=(r.is_owner, r.has_evidence), tone="quiet",
           consequence=_("A second person reads the explanation; then the finding counts as a false alarm.")),
    Action("close", _("Close the case"), states("explained"), "closed", "cases.review", Case.close_explained,
           form=Close, rules=(r.not_own_work, r.says_what_is_missing), emits="case.explained", tone="primary"),
    Action("send_back", _("Send back"), states("explained"), "analysed", "cases.review", Case.send_back, form=Reason,
           rules=(r.not_own_work,)),
    Action("plan", _("Draft the correction"), states("analysed"), "planned", "cases.work", Case.plan, by="system",
           rules=(r.knows_expectation,)),
    Action("submit", _("Submit for review"), states("planned"), "in_review", "cases.work", Case.submit, by="system",
           emits="case.submitted"),
    Action("approve", _("Approve"), states("in_review"), ("approved", "in_approval"), "cases.review", Case.approve,
           by="system", choose=needs_manager, rules=(r.not_own_work,), qualification=HIGH_RISK,
           qualified_for=r.is_high_risk, fresh_sign_in=True),
    Action("approve", _("Approve"), states("in_approval"), "approved", "cases.manage", Case.approve, by="system",
           rules=(r.third_person,), qualification=HIGH_RISK, qualified_for=r.is_high_risk, fresh_sign_in=True),
    Action("send_back", _("Send back"), states("planned", "in_review", "in_approval"), "analysed", "cases.review",
           Case.send_back, by="system", emits="case.returned"),
    Action("settle_without_voucher", _("Settle without a voucher"), states("analysed"), "approved", "cases.review",
           Case.plan_without_voucher, form=WithoutVoucher, rules=(r.not_own_work,), qualification=HIGH_RISK,
           qualified_for=r.is_high_risk, fresh_sign_in=True, emits="case.settled"),
    Action("notify", _("Client notified"), states("approved"), "notified", "cases.work", Case.notify, by="system",
           emits="case.notified"),
    Action("acknowledge", _("Client agreed"), states("notified", "approved"), "acknowledged", "cases.work",
           Case.acknowledge, form=Answered, by="system", emits="case.acknowledged"),
    Action("object", _("Client objected"), states("notified", "approved"), "analysed", "cases.work", Case.send_back,
           form=Reason, by="system", emits="case.objected"),
    Action("recall", _("Letter withdrawn"), states("approved", "notified"), "analysed", "cases.work", Case.send_back,
           form=Reason, by="system", emits="case.returned"),
    Action("go_on", _("Go on without an answer"), states("notified"), "acknowledged", "cases.manage", Case.go_on,
           form=GoOn, rules=(r.silent_long_enough, r.not_own_work), fresh_sign_in=True, emits="case.acknowledged"),
    Action("close", _("Close the case"), states("acknowledged"), "closed", "cases.review", Case.close,
           form=Close, rules=(r.nothing_to_book, r.duties_recorded, r.not_own_work, r.says_what_is_missing),
           emits="case.closed", tone="primary"),
    Action("execute", _("Start booking"), states("acknowledged"), "executing", "cases.work", Case.execute,
           by="system", rules=(r.something_to_book,), qualification=HIGH_RISK, qualified_for=r.is_high_risk),
    Action("finish", _("Entered in the books"), states("executing"), "executed", "cases.work", Case.finish, by="system",
           emits="case.executed"),
    Action("verify", _("Cure proved"), states("executed"), "verified", "cases.review", Case.verify, by="system",
           rules=(r.not_own_work,), emits="case.verified"),
    Action("not_cured", _("Not cured"), states("executed", "verified"), "analysed", "cases.review", Case.send_back,
           by="system", emits="case.not_cured"),
    Action("close", _("Close the case"), states("verified"), "closed", "cases.manage", Case.close,
           form=Close, rules=(r.lesson_if_needed, r.says_what_is_missing), emits="case.closed", tone="primary"),
    Action("reopen", _("Reopen"), states("closed"), "reopened", "cases.open", Case.reopen, form=Reason,
           rules=(r.recently_closed,), emits="case.reopened", tone="quiet"),
    Action("recur", _("Found again"), states("closed"), "reopened", "cases.open", Case.reopen, by="system",
           rules=(r.recently_closed,), emits="case.reopened"),
    Action("hand_to", _("Hand to somebody else"), OPEN, None, "cases.work", Case.hand_to, form=HandTo,
           rules=(owner_works_here, r.keeps_reviewers_apart), emits="case.handed_over", tone="quiet"),
    Action("add_evidence", _("Evidence added"), OPEN, None, "cases.work", Case.add_evidence, form=Evidence,
           by="system"),
)
# fmt: on

CASE = Workflow(
    "case",
    label=_("Anomaly case"),
    row=Case,
    path="cases",
    initial="new",
    states=STATES,
    actions=ACTIONS,
    url=lambda case: f"/cases/{case.id}",
    title=lambda case: case.title,
    facts=case_facts,
    assignee=lambda case: case.owner_id,
    within=lambda case: WHOLE[case.severity],
    no_later_than=lambda case: case.filing_guard_at,
)
