"""Why a step of a refund may be refused. Each rule looks only at the row and at what `facts` loaded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from saas.kernel.clock import CHINA
from saas.kernel.errors import Invalid
from saas.kernel.i18n import Text, _, listed
from saas.kernel.identifiers import plain, uscc
from saas.kernel.money import ZERO, Money
from saas.kernel.workflow import Deed
from saas.refunds.models import Refund
from saas.refunds.payment.payment_models import Payee, Payment
from saas.refunds.terms import Terms

CHECKS: dict[str, Text] = {
    "identity": _("who asks, and for whom"),
    "contract": _("contract and payer"),
    "policy_explained": _("the policy was explained"),
}


@dataclass(frozen=True, slots=True)
class RefundFacts:
    """What the rules need to know beyond the row."""

    terms: Terms
    received: Money  # Σ receipts of the contract
    committed: Money  # reserved, in transit and paid by this contract's other refunds
    communications: int = 0  # on record for this refund, addenda not counted
    missing: tuple[Text, ...] = ()  # evidence of the reason's checklist that is not here
    open_questions: int = 0  # asked of the client and not answered
    members: frozenset[UUID] = frozenset()  # who works here and may prepare
    fast_lane_open: bool = False
    needs_level_2: bool = False
    budget: Money | None = None  # of this month; None: no budget set
    budget_used: Money = ZERO
    payee: Payee | None = None  # the latest
    payments: tuple[Payment, ...] = ()
    payers: tuple[str, ...] = ()  # the receipts' payers
    uscc: str = ""  # of the client
    contract_free: bool = True  # no other request for the contract is open
    credit: Money | None = None  # what a conversion into credit would give
    credit_until: date | None = None

    @property
    def paid(self) -> Money:
        return sum((p.amount for p in self.payments if p.status == "paid"), ZERO)

    @property
    def in_transit(self) -> Money:
        return sum((p.amount for p in self.payments if p.status == "in_transit"), ZERO)


def preparer_works_here(refund: Refund, deed: Deed) -> Text | None:
    if deed.form is None or deed.form.preparer_id in deed.facts.members:
        return None
    return _("This person does not work here any more. Choose somebody else.")


def keeps_reviewers_apart(refund: Refund, deed: Deed) -> Text | None:
    if deed.form is not None and deed.form.preparer_id in (refund.countersigned_by, refund.level_1_by):
        return _("This person approved the refund and cannot prepare it too. Choose somebody else.")
    return None


def is_preparer(refund: Refund, deed: Deed) -> Text | None:
    if refund.preparer_id is None:
        return _("Nobody prepares this refund yet: hand it to somebody first.")
    return None if refund.preparer_id == deed.actor.id else _("This step belongs to whoever prepares the refund.")


def not_a_preparer(refund: Refund, deed: Deed) -> Text | None:
    """Q ≠ P, and nobody who wrote the request down."""
    if str(deed.actor.id) in refund.preparers or deed.actor.id == refund.requested_by:
        return _("Nobody reviews their own work: a second person has to do this.")
    return None


def a_third_person(refund: Refund, deed: Deed) -> Text | None:
    """M ≠ P, M ≠ Q, and the second level is not the first."""
    if deed.actor.id in (refund.countersigned_by, refund.level_1_by):
        return _("You approved this refund already; another person has to give the next approval.")
    return not_a_preparer(refund, deed)


def not_who_rejected(refund: Refund, deed: Deed) -> Text | None:
    if deed.actor.id == refund.rejected_by:
        return _("You rejected this request: another person decides on the appeal.")
    return not_a_preparer(refund, deed)


def says_who_paid(refund: Refund, deed: Deed) -> Text | None:
    return None if refund.payer or deed.facts.payers else _("Say who paid, or record the receipt, first.")


def asks_no_more_than_paid(refund: Refund, deed: Deed) -> Text | None:
    if refund.asked <= deed.facts.received:
        return None
    return _("%(asked)s is more than the %(received)s received under this contract.",
             asked=refund.asked, received=deed.facts.received)  # fmt: skip


def spoke_with_client(refund: Refund, deed: Deed) -> Text | None:
    if deed.facts.communications:
        return None
    return _("Record the talk with the client first: channel, person, what was said.")


def everything_here(refund: Refund, deed: Deed) -> Text | None:
    if not deed.facts.missing:
        return None
    return _("Still missing: %(what)s", what=listed(deed.facts.missing))


def everything_checked(refund: Refund, deed: Deed) -> Text | None:
    open_ones = [label for name, label in CHECKS.items() if name not in refund.checked]
    return _("Not checked yet: %(what)s", what=listed(open_ones)) if open_ones else None


def checked_fact_holds(refund: Refund, deed: Deed) -> Text | None:
    """A mismatch blocks: the code must be right, and the payer one of those whose money is on our books."""
    if deed.form is None:
        return None
    if deed.form.what == "identity":
        return _wrong_uscc(deed.facts.uscc)
    if deed.form.what == "contract" and not is_payer(refund.payer, deed.facts.payers):
        return _("“%(payer)s” is none of those who paid this contract (%(payers)s): settle who paid first.",
                 payer=refund.payer, payers=listed(dict.fromkeys(deed.facts.payers)))  # fmt: skip
    return None


def _wrong_uscc(code: str) -> Text | None:
    if not code:
        return _("The client’s unified social credit code is not on record: add it on the client’s page first.")
    try:
        uscc(code)
    except Invalid as wrong:
        return wrong.reason
    return None


def something_was_asked(refund: Refund, deed: Deed) -> Text | None:
    return None if deed.facts.open_questions else _("List what is missing first.")


def is_reckoned(refund: Refund, deed: Deed) -> Text | None:
    return None if refund.amount is not None and refund.ladder else _("Do the calculation first.")


def override_has_reason(refund: Refund, deed: Deed) -> Text | None:
    if not refund.overridden or refund.override_reason:
        return None
    return _("The amount differs from the calculation: say why.")


def rejection_is_proposed(refund: Refund, deed: Deed) -> Text | None:
    if refund.rejection_code:
        return None
    return _("Whoever prepares the refund proposes a rejection with its reason first; a second person decides.")


def in_time_to_appeal(refund: Refund, deed: Deed) -> Text | None:
    today = deed.now.astimezone(CHINA).date()
    if refund.appeal_until is None or today <= refund.appeal_until:
        return None
    return _("The time for an appeal ended on %(day)s.", day=refund.appeal_until.isoformat())


def contract_is_free(refund: Refund, deed: Deed) -> Text | None:
    if deed.facts.contract_free:
        return None
    return _("Another request for this contract is open; this one cannot come back beside it.")


def offer_stands(refund: Refund, deed: Deed) -> Text | None:
    today = deed.now.astimezone(CHINA).date()
    if refund.offered_until is None or today <= refund.offered_until:
        return None
    return _("The offer ended on %(day)s. We will send you a new one.", day=refund.offered_until.isoformat())


def fast_lane_stands(refund: Refund, deed: Deed) -> Text | None:
    if refund.fast_lane and deed.facts.fast_lane_open:
        return None
    return _("This request is not small and clean enough for the fast lane.")


def within_received(refund: Refund, deed: Deed) -> Text | None:
    """Reserved + in transit + paid never exceeds what was received; the contract is locked meanwhile."""
    amount = refund.amount or ZERO
    if deed.facts.committed + amount <= deed.facts.received:
        return None
    return _(
        "%(received)s were received under this contract and %(committed)s are already promised or paid back: "
        "%(amount)s cannot be approved.",
        received=deed.facts.received,
        committed=deed.facts.committed,
        amount=amount,
    )


def within_budget(refund: Refund, deed: Deed) -> Text | None:
    facts: RefundFacts = deed.facts
    if facts.budget is None or facts.budget_used + (refund.amount or ZERO) <= facts.budget:
        return None
    return _(
        "This month’s refund budget is %(budget)s, of which %(used)s are used. The owner can raise it.",
        budget=facts.budget,
        used=facts.budget_used,
    )


def payee_is_known(refund: Refund, deed: Deed) -> Text | None:
    return None if deed.facts.payee is not None else _("Write down the account first.")


def not_the_payees_writer(refund: Refund, deed: Deed) -> Text | None:
    """C ≠ requester, C ≠ whoever wrote the account down."""
    payee = deed.facts.payee
    if deed.actor.id == refund.requested_by or (payee is not None and deed.actor.id == payee.written_by):
        return _("Whoever asked for the money or wrote the account down does not check it.")
    return None


def account_has_waited(refund: Refund, deed: Deed) -> Text | None:
    payee = deed.facts.payee
    if payee is None or deed.now >= payee.usable_at:
        return None
    return _("A changed account waits 24 hours: until %(when)s.",
             when=payee.usable_at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M"))  # fmt: skip


def called_back(refund: Refund, deed: Deed) -> Text | None:
    payee = deed.facts.payee
    if payee is None:
        return None
    if payee.was_denied:
        return _("The client said on the telephone that this is not their account. Write down the right one.")
    if not payee.needs_call or payee.called_back_at is not None:
        return None
    if not payee.is_changed:
        return _("The account came through a link: call the client back on a known number first.")
    return _("The account is not the one the money came from: call the client back on a known number first.")


def holder_matches(refund: Refund, deed: Deed) -> Text | None:
    """The account belongs to whoever paid; somebody else's needs grounds and a stamped paper."""
    payee = deed.facts.payee
    if payee is None or is_payer(payee.holder, deed.facts.payers) or (payee.grounds and payee.files):
        return None
    return _("“%(holder)s” did not pay this contract: give the grounds and attach the stamped statement.",
             holder=payee.holder)  # fmt: skip


def is_payer(holder: str, payers: Iterable[str]) -> bool:
    """Names are compared without spaces, and brackets of either width are the same."""
    return plain(holder) in {plain(payer) for payer in payers}


def is_the_account_seen(refund: Refund, deed: Deed) -> Text | None:
    """Whoever checks says which account they looked at: another one may have been written down meanwhile."""
    payee = deed.facts.payee
    if deed.form is None or payee is None or deed.form.payee_id == payee.id:
        return None
    return _("Another account was written down while you looked at this one. Nothing was changed: check the new one.")


def pays_no_more_than_left(refund: Refund, deed: Deed) -> Text | None:
    """What is paid, and what is on its way, and this payment never come to more than was approved."""
    if deed.form is None:
        return None
    left = (refund.amount or ZERO) - deed.facts.paid - deed.facts.in_transit
    if ZERO < deed.form.amount <= left:
        return None
    return _("%(amount)s cannot be paid: %(left)s of the approved amount are left.",
             amount=deed.form.amount, left=left)  # fmt: skip


def payee_is_verified(refund: Refund, deed: Deed) -> Text | None:
    payee = deed.facts.payee
    if payee is not None and payee.verified_at is not None:
        return None
    return _("The account is not checked yet.")


def nothing_in_transit(refund: Refund, deed: Deed) -> Text | None:
    if not deed.facts.in_transit:
        return None
    return _("%(amount)s are still on their way: record whether they arrived first.", amount=deed.facts.in_transit)


def nothing_paid(refund: Refund, deed: Deed) -> Text | None:
    return _("%(amount)s were paid already.", amount=deed.facts.paid) if deed.facts.paid else None
