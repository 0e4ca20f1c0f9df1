"""The table of a refund (domain.md W4): who may do what, and what must be there."""

from __future__ import annotations

from saas.kernel.i18n import _
from saas.kernel.money import ZERO
from saas.kernel.workflow import Action, Deed, Minutes, State, Workflow, states
from saas.refunds import rules as r
from saas.refunds.facts import refund_facts
from saas.refunds.forms import Agreed, Cancel, Check, Convert, Offer, ProposeRejection, Reason, Take
from saas.refunds.models import Refund
from saas.refunds.payment.payment_forms import CheckPayee, Pay

DAY = 450  # working minutes of a default working day
DEADLINES = {  # working days, where the policy does not say otherwise
    "submitted": 1, "complete": 3, "assessed": 1, "countersigned": 1, "disputed": 3, "agreed": 1, "approved_l1": 1,
    "approved": 1, "payee_checked": 1, "executing": 2, "failed": 1, "paid": 1, "appealed": 3,
}  # fmt: skip
USUAL_WAY = ("submitted", "complete", "assessed", "agreed", "approved", "payee_checked", "executing")
HANDLER, APPROVER = "refunds.handle", "refunds.approve"  # qualifications: certificates once there is training

ASKED, TALK, RECKONED, OFFER = _("Asked"), _("Talk and check"), _("Calculation"), _("Offer")
APPROVAL, PAYMENT, CLOSED = _("Approval"), _("Payment"), _("Closed")


def within(state: str) -> Minutes:
    return lambda refund: DAY * refund.deadlines.get(state, DEADLINES[state])


def next_level(refund: Refund, deed: Deed) -> str:
    """The first approval is the last one unless the amount, an override or our own error asks for a second."""
    return "approved_l1" if refund.state == "agreed" and deed.facts.needs_level_2 else "approved"


def all_paid(refund: Refund, deed: Deed) -> str:
    """A partial payment leaves the rest to be paid."""
    return "paid" if deed.facts.paid >= (refund.amount or ZERO) else "payee_checked"


# fmt: off
STATES = (
    State("draft", _("Draft"), "bookkeeper", DAY, step=ASKED),
    State("submitted", _("Asked for"), "assignee", within("submitted"), step=ASKED),
    State("clarifying", _("Waiting for papers"), "client", pauses=True, tone="wait", step=TALK),
    State("complete", _("Complete"), "assignee", within("complete"), step=RECKONED),
    State("assessed", _("Calculated"), "reviewer", within("assessed"), step=RECKONED),
    State("countersigned", _("Countersigned"), "system", within("countersigned"), step=OFFER),
    State("offered", _("Offered to the client"), "client", pauses=True, tone="wait", step=OFFER),
    State("disputed", _("Disputed"), "manager", within("disputed"), tone="due", step=OFFER),
    State("agreed", _("Offer accepted"), "manager", within("agreed"), step=APPROVAL),
    State("approved_l1", _("First approval given"), "manager", within("approved_l1"), step=APPROVAL),
    State("approved", _("Amount reserved"), "cashier", within("approved"), step=PAYMENT),
    State("payee_checked", _("Account checked"), "cashier", within("payee_checked"), step=PAYMENT),
    State("executing", _("On its way"), "cashier", within("executing"), step=PAYMENT),
    State("failed", _("Payment failed"), "cashier", within("failed"), tone="late", step=PAYMENT),
    State("paid", _("Paid back"), "system", within("paid"), tone="done", step=CLOSED),
    State("archived", _("Archived"), final=True, tone="sealed", step=CLOSED),
    State("rejected", _("Rejected"), final=True, tone="sealed", step=CLOSED),
    State("appealed", _("Appeal"), "manager", within("appealed"), tone="due", step=RECKONED),
    State("refused", _("Rejected after appeal"), final=True, tone="sealed", step=CLOSED),
    State("cancelled", _("Taken back"), final=True, tone="sealed", step=CLOSED),
    State("converted", _("Credit or other plan"), final=True, tone="sealed", step=CLOSED),
)
OPEN = frozenset(s.name for s in STATES if not s.final)
EARLY = states("draft", "submitted", "clarifying", "complete", "assessed", "countersigned", "offered", "agreed")
LATE = states("disputed", "appealed", "approved_l1", "approved", "payee_checked", "failed")
CLARIFIED_IN = states("submitted", "complete")  # where what is missing is asked for
RESERVING = states("approved", "payee_checked", "executing", "failed", "paid", "archived")

ACTIONS = (
    Action("submit", _("Hand in"), states("draft"), "submitted", "refunds.request", Refund.submit, by="system",
           rules=(r.asks_no_more_than_paid, r.says_who_paid), emits="refund.submitted"),
    Action("take", _("Hand to somebody"), OPEN, None, "refunds.work", Refund.take, form=Take,
           rules=(r.preparer_works_here, r.keeps_reviewers_apart), emits="refund.taken", tone="quiet"),
    Action("check", _("Record a check"), states("submitted", "clarifying"), None, "refunds.work", Refund.check,
           form=Check, rules=(r.is_preparer, r.checked_fact_holds)),
    Action("clarify", _("Ask for what is missing"), states("submitted", "complete"), "clarifying", "refunds.work",
           Refund.clarify, by="system", rules=(r.is_preparer, r.something_was_asked), emits="refund.clarifying"),
    Action("supply", _("The client sent it"), states("clarifying"), "submitted", "refunds.work", Refund.supply,
           by="system", emits="refund.supplied"),
    Action("understand", _("I understand the policy"), states("submitted", "clarifying"), None, "", Refund.check,
           form=Check, by="contact"),
    Action("complete", _("The file is complete"), states("submitted", "clarifying"), "complete", "refunds.work",
           Refund.complete, rules=(r.is_preparer, r.spoke_with_client, r.everything_checked, r.everything_here),
           emits="refund.completed", tone="primary"),
    Action("assess", _("Propose this amount"), states("complete"), "assessed", "refunds.work", Refund.assess,
           rules=(r.is_preparer, r.is_reckoned, r.override_has_reason), qualification=HANDLER,
           emits="refund.assessed", tone="primary"),
    Action("propose_rejection", _("Propose a rejection"), states("complete", "assessed"), None, "refunds.work",
           Refund.propose_rejection, form=ProposeRejection, rules=(r.is_preparer,), qualification=HANDLER,
           emits="refund.rejection_proposed", tone="quiet"),
    Action("reject", _("Reject"), states("complete", "assessed"), "rejected", "refunds.review", Refund.reject,
           rules=(r.rejection_is_proposed, r.not_a_preparer), fresh_sign_in=True, emits="refund.rejected",
           tone="danger", consequence=_("The client gets a letter with the reason and how to appeal.")),
    Action("appeal", _("Appeal"), states("rejected"), "appealed", "", Refund.appeal_against, form=Reason, by="contact",
           rules=(r.in_time_to_appeal, r.contract_is_free), emits="refund.appealed"),
    Action("grant_appeal", _("Grant the appeal"), states("appealed"), "complete", "refunds.manage",
           Refund.grant_appeal, form=Reason, rules=(r.not_who_rejected,), emits="refund.appeal_granted",
           tone="primary"),
    Action("refuse", _("Uphold the rejection"), states("appealed"), "refused", "refunds.manage", Refund.refuse,
           form=Reason, rules=(r.not_who_rejected,), fresh_sign_in=True, emits="refund.refused", tone="danger",
           consequence=_("This is final; the client is told, and whom they may turn to next.")),
    Action("countersign", _("Countersign"), states("assessed"), "countersigned", "refunds.review",
           Refund.countersign, rules=(r.not_a_preparer, r.is_reckoned), fresh_sign_in=True,
           emits="refund.countersigned", tone="primary",
           consequence=_("The offer goes to the client, subject to approval.")),
    Action("send_back", _("Send back"), states("assessed", "agreed", "approved_l1"), "complete", "refunds.review",
           Refund.send_back, form=Reason, rules=(r.not_a_preparer,), emits="refund.returned", tone="quiet"),
    Action("offer", _("Offered"), states("countersigned"), "offered", "refunds.work", Refund.offer, form=Offer,
           by="system", emits="refund.offered"),
    Action("agree", _("I agree"), states("countersigned", "offered"), "agreed", "", Refund.agree, form=Agreed,
           by="contact", rules=(r.offer_stands,), emits="refund.agreed"),
    Action("dispute", _("I do not agree"), states("countersigned", "offered"), "disputed", "", Refund.dispute,
           form=Reason, by="contact", emits="refund.disputed"),
    Action("lapse", _("The offer ended"), states("countersigned", "offered"), "complete", "refunds.work",
           Refund.send_back, form=Reason, by="system", emits="refund.lapsed"),
    Action("mediate", _("Settle: calculate again"), states("disputed"), "complete", "refunds.manage", Refund.mediate,
           form=Reason, rules=(r.spoke_with_client,), emits="refund.returned", tone="primary"),
    Action("approve_fast", _("Fast lane"), states("agreed"), "approved", "refunds.review", Refund.approve_fast,
           by="system", rules=(r.fast_lane_stands, r.within_received, r.within_budget), emits="refund.approved"),
    Action("approve", _("Approve"), states("agreed", "approved_l1"), ("approved_l1", "approved"), "refunds.approve",
           Refund.approve, choose=next_level, qualification=APPROVER, fresh_sign_in=True,
           rules=(r.a_third_person, r.within_received, r.within_budget), emits="refund.approval_given",
           tone="primary", consequence=_("With the last approval the amount is reserved.")),
    Action("check_payee", _("The account is right"), states("approved"), "payee_checked", "refunds.pay",
           Refund.check_payee, form=CheckPayee, fresh_sign_in=True,
           rules=(r.payee_is_known, r.is_the_account_seen, r.not_the_payees_writer, r.holder_matches, r.called_back,
                  r.account_has_waited),
           emits="refund.payee_checked", tone="primary"),
    Action("change_payee", _("Another account"), states("payee_checked", "failed"), "approved", "refunds.work",
           Refund.change_payee, by="system", rules=(r.nothing_in_transit,)),
    Action("pay", _("Handed to the bank"), states("payee_checked", "failed"), "executing", "refunds.pay",
           Refund.pay, form=Pay, by="system", fresh_sign_in=True, emits="refund.sent",
           rules=(r.payee_is_verified, r.is_the_account_seen, r.not_the_payees_writer, r.account_has_waited,
                  r.pays_no_more_than_left)),
    Action("fail", _("The payment failed"), states("executing"), "failed", "refunds.pay", Refund.fail, form=Reason,
           by="system", emits="refund.failed"),
    Action("settle", _("Arrived"), states("executing"), ("paid", "payee_checked"), "refunds.pay", Refund.settle,
           choose=all_paid, by="system", emits="refund.settled"),
    Action("archive", _("Archive"), states("paid"), "archived", "refunds.work", Refund.archive, by="system",
           emits="refund.archived"),
    Action("cancel", _("The client takes it back"), EARLY, "cancelled", "refunds.work", Refund.cancel, form=Cancel,
           emits="refund.cancelled", tone="quiet"),
    Action("cancel", _("The client takes it back"), LATE, "cancelled", "refunds.manage", Refund.cancel, form=Cancel,
           rules=(r.spoke_with_client, r.nothing_paid), emits="refund.cancelled", tone="quiet",
           consequence=_("What was reserved is free again.")),
    Action("withdraw", _("I take my request back"), EARLY, "cancelled", "", Refund.cancel, form=Cancel, by="contact",
           emits="refund.cancelled"),
    Action("convert", _("Credit or another plan instead"), states("complete", "assessed", "offered", "agreed") | LATE,
           "converted", "refunds.manage", Refund.convert, form=Convert,
           rules=(r.is_reckoned, r.spoke_with_client, r.nothing_paid), emits="refund.converted", tone="quiet",
           consequence=_("Only with the client’s yes: nobody is talked into it.")),
    Action("choose_instead", _("I take this instead"), states("countersigned", "offered"), "converted", "",
           Refund.convert, form=Convert, by="contact", rules=(r.offer_stands,), emits="refund.converted"),
)
# fmt: on

REFUND = Workflow(
    "refund",
    label=_("Refund"),
    row=Refund,
    path="refunds",
    initial="draft",
    states=STATES,
    actions=ACTIONS,
    url=lambda refund: f"/refunds/{refund.id}",
    title=lambda refund: refund.title,
    facts=refund_facts,
    assignee=lambda refund: refund.preparer_id,
    within=lambda refund: (
        DAY
        * sum(
            refund.deadlines.get(state, days)
            for state, days in DEADLINES.items()
            if state in ("submitted", "complete", "assessed", "agreed", "approved", "payee_checked", "executing")
        )
    ),
)
