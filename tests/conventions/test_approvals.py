"""Whoever approves has just proved who they are: every approving step asks for it, or says here why it does not."""

from __future__ import annotations

from saas.app import composed

APPROVING = {
    "accept", "approve", "approve_fast", "check_payee", "close", "confirm", "countersign", "grant_appeal", "issue",
    "keep", "settle_without_voucher", "sign_off", "supervise",
}  # fmt: skip
WITHOUT = {
    "case.close": "what it closes was approved or settled with a fresh sign-in, or nothing was wrong",
    "case.confirm": "the owner's own step; the plan that follows is approved by others",
    "change.keep": "nothing begins by it: what was approved goes on",
    "checklist.confirm": "one step of many; the sign-off of the whole asks",
    "finding.confirm": "it only opens a case",
    "incident.close": "nothing is paid, sent or put in force by it",
    "notice.accept": "the recipient's server, no person",
    "notice.approve": "goes with the approval of its plan, its refund or its case, which asked",
    "pay_entry.accept": "the person concerned speaks for themself",
    "proposal.accept": "records the client's own yes",
    "refund.approve_fast": "no person: the firm's published policy approves what was countersigned, which asked",
    "refund.grant_appeal": "only begins the calculation anew; its amount is countersigned and approved again",
    "risk.accept": "nothing is paid, sent or put in force by it, and anybody can open it again",
    "risk.close": "the same",
    "scorecard.close": "the end of the time for objections, no person",
}


def test_every_approving_step_asks_for_a_fresh_sign_in_or_says_why_not() -> None:
    silent, asking = set(), set()
    for workflow in composed.workflows.values():
        for action in (a for a in workflow.actions if a.name in APPROVING and a.by != "contact"):
            (asking if action.fresh_sign_in else silent).add(f"{workflow.name}.{action.name}")
    assert silent == set(WITHOUT)
    assert {"pay_entry.approve", "change.approve", "procedure.approve", "checklist.sign_off"} <= asking - silent
