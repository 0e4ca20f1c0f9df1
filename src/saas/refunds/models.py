"""Refunds: what a client asks back, how it was reckoned, who agreed, and how it was paid."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.kernel.money import Money
from saas.kernel.stages import Stateful
from saas.kernel.workflow import Deed
from saas.refunds.payment.payment_models import Payment

OVER = ("archived", "rejected", "refused", "cancelled", "converted")  # the states that leave a contract free
COUNTED: dict[str, Any] = {"postgresql_include": ["amount", "asked"]}  # list and board sum without reading rows
UNUSUAL = text(  # went another way than most: what managers look at first, as one condition with an index of its own
    "(amount <> computed OR at_fault OR mediation <> '' OR appeal <> '' OR rounds > 1 OR signals > 0"
    " OR state IN ('disputed', 'appealed', 'failed'))"
)


class Refund(Stateful):
    """One request for money back under one contract (domain.md W4).

    `terms` are pinned with the policy's version; `amount`, in fen, is the ladder's sum or what an override says.
    """

    __tablename__ = "refunds"
    __table_args__ = (
        UniqueConstraint("firm_id", "number"),
        Index("ix_refunds_state", "firm_id", "state", "due_at", "id", **COUNTED),
        Index("ix_refunds_due", "firm_id", "due_at", "id", postgresql_where=text(f"state NOT IN {OVER}")),
        Index("ix_refunds_preparer", "firm_id", "preparer_id", "state", "due_at", "id", **COUNTED),
        Index("ix_refunds_reason", "firm_id", "reason", "state", "due_at", "id", **COUNTED),
        Index("ix_refunds_unusual", "firm_id", "state", "due_at", "id", postgresql_where=UNUSUAL, **COUNTED),
        Index("ix_refunds_number", "firm_id", "number", postgresql_ops={"number": "varchar_pattern_ops"}),
        Index("ix_refunds_client", "firm_id", "client_id"),
        Index("ix_refunds_contract", "firm_id", "contract_id"),
        Index("ix_refunds_approved", "firm_id", "approved_at", postgresql_where=text("approved_at IS NOT NULL")),
        Index("ix_refunds_opened", "firm_id", "opened_at", "id"),
        Index("ix_refunds_closed", "firm_id", "closed_at", postgresql_where=text("closed_at IS NOT NULL")),
        Index(
            "uq_refunds_open",
            "firm_id",
            "contract_id",
            unique=True,
            postgresql_where=text(f"state NOT IN {OVER}"),
        ),
        CheckConstraint("asked > 0", name="asks_for_something"),
        CheckConstraint("amount IS NULL OR amount >= 0", name="never_negative"),
        CheckConstraint("countersigned_by <> preparer_id", name="reviewer_is_not_preparer"),
        CheckConstraint("level_1_by NOT IN (preparer_id, countersigned_by)", name="first_level_is_a_third_person"),
        CheckConstraint("level_2_by <> level_1_by AND level_2_by <> preparer_id", name="levels_are_two_people"),
        belongs_to("clients", "client_id"),
        belongs_to("contracts", "contract_id"),
        belongs_to("contacts", "contact_id"),
        belongs_to("refund_policies", "policy_id"),
        belongs_to("memberships", "preparer_id"),
        belongs_to("cases", "case_id"),
    )
    number: Mapped[str] = mapped_column(String(20))  # TF-2026-0007
    client_id: Mapped[UUID]
    contract_id: Mapped[UUID]
    contact_id: Mapped[UUID | None]  # who speaks for the client in this matter
    requested_by: Mapped[UUID | None]  # the member who wrote it down; null: the client, by link
    requester_name: Mapped[str]
    reason: Mapped[str] = mapped_column(String(24))  # a key of the policy's reasons
    reason_text: Mapped[str] = mapped_column(default="")
    asked: Mapped[Money]
    payer: Mapped[str] = mapped_column(default="")  # who paid, as the receipts name them
    notice_on: Mapped[date]  # the day on which the client ended or changed the service
    files: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # [{name, sha256, size, shows}]
    policy_id: Mapped[UUID]
    deadlines: Mapped[dict[str, Any]] = mapped_column(default=dict)  # state → working days, of the pinned policy
    preparer_id: Mapped[UUID | None]  # P
    past_preparers: Mapped[list[str]] = mapped_column(default=list)  # member ids; they never review this refund
    checked: Mapped[dict[str, Any]] = mapped_column(default=dict)  # identity, contract, policy explained: {by, at, how}
    service: Mapped[dict[str, Any]] = mapped_column(default=dict)  # saas.refunds.calculation.service.Service
    evidence: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what was gathered by itself, as it stood then
    ladder: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    computed: Mapped[Money | None]
    amount: Mapped[Money | None]
    receivable: Mapped[Money | None]  # proposed where the client still owes
    override_reason: Mapped[str] = mapped_column(default="")
    at_fault: Mapped[bool] = mapped_column(default=False)
    case_id: Mapped[UUID | None]  # the case that caused it
    fast_lane: Mapped[bool] = mapped_column(default=False)
    countersigned_by: Mapped[UUID | None]  # Q
    level_1_by: Mapped[UUID | None]  # M
    level_2_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]  # from here on the amount is reserved
    offer_id: Mapped[UUID | None]  # the letter with the offer
    offered_until: Mapped[date | None]
    agreed_at: Mapped[datetime | None]
    agreed_how: Mapped[str] = mapped_column(String(10), default="")
    mediation: Mapped[str] = mapped_column(default="")
    rejected_by: Mapped[UUID | None]
    rejection_code: Mapped[str] = mapped_column(String(24), default="")
    rejection_reason: Mapped[str] = mapped_column(default="")
    rejection_proposed_by: Mapped[UUID | None]
    rejection_id: Mapped[UUID | None]  # the letter
    appeal_until: Mapped[date | None]
    appeal: Mapped[str] = mapped_column(default="")
    appeal_decided_by: Mapped[UUID | None]
    outcome: Mapped[str] = mapped_column(String(12), default="")  # refund, credit, plan, cancelled, rejected
    outcome_reason: Mapped[str] = mapped_column(default="")
    credit: Mapped[Money | None]
    credit_until: Mapped[date | None]
    notice_id: Mapped[UUID | None]  # the letter after payment
    bundle_sha256: Mapped[str] = mapped_column(String(64), default="")
    retain_until: Mapped[date | None]
    rounds: Mapped[int] = mapped_column(default=0)  # times it came back to the assessment
    signals: Mapped[int] = mapped_column(default=0)  # those nobody has looked at yet (saas.refunds.watch)
    source: Mapped[str] = mapped_column(String(12), default="")  # referral source of the client, where told
    opened_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    @property
    def title(self) -> str:
        return self.number

    @property
    def overridden(self) -> bool:
        return self.amount is not None and self.computed is not None and self.amount != self.computed

    @property
    def preparers(self) -> frozenset[str]:
        """Everybody who prepared, as text ids: none of them reviews or approves."""
        return frozenset({*self.past_preparers, str(self.preparer_id)})

    def submit(self, deed: Deed) -> None:
        self.submitted_at = deed.now

    def take(self, deed: Deed) -> None:
        """Somebody prepares from here on; who did before stays a preparer and never reviews this refund."""
        if self.preparer_id is not None and self.preparer_id != deed.form.preparer_id:
            self.past_preparers = sorted({*self.past_preparers, str(self.preparer_id)})
            deed.detail["before"] = str(self.preparer_id)
        self.preparer_id = deed.form.preparer_id
        deed.detail["preparer_id"] = str(deed.form.preparer_id)

    def clarify(self, deed: Deed) -> None:
        """What is missing was asked of the client; the clock stands still until it is here."""

    def supply(self, deed: Deed) -> None:
        """The client sent what was missing."""

    def check(self, deed: Deed) -> None:
        """One of the checks (identity, contract, policy explained), with who, when and how."""
        entry = {"by": str(deed.actor.id), "name": deed.actor.name, "at": deed.now.isoformat(), "how": deed.form.how}
        self.checked = {**self.checked, deed.form.what: entry}
        deed.detail |= {"what": deed.form.what, "reason": deed.form.how}

    def complete(self, deed: Deed) -> None:
        """Nothing is missing any more."""

    def assess(self, deed: Deed) -> None:
        """The calculation stands; the offer waits for a second person."""
        self.countersigned_by = self.level_1_by = self.level_2_by = self.approved_at = None
        self.agreed_at, self.agreed_how, self.offered_until = None, "", None
        self.rejection_code = self.rejection_reason = ""
        self.rejection_proposed_by = None

    def send_back(self, deed: Deed) -> None:
        self.rounds += 1
        self.countersigned_by = self.level_1_by = self.level_2_by = None
        self.agreed_at, self.agreed_how, self.offered_until = None, "", None
        deed.detail["reason"] = deed.form.reason if deed.form is not None else ""

    def propose_rejection(self, deed: Deed) -> None:
        """P's proposal with its reason; a second person decides."""
        self.rejection_code, self.rejection_reason = deed.form.code, deed.form.reason
        self.rejection_proposed_by = deed.actor.id
        deed.detail["reason"] = deed.form.reason

    def reject(self, deed: Deed) -> None:
        self.rejected_by, self.outcome, self.closed_at = deed.actor.id, "rejected", deed.now
        deed.detail["reason"] = self.rejection_reason

    def appeal_against(self, deed: Deed) -> None:
        self.appeal, self.outcome, self.closed_at = deed.form.reason, "", None
        deed.detail["reason"] = deed.form.reason

    def grant_appeal(self, deed: Deed) -> None:
        self.appeal_decided_by = deed.actor.id
        self.send_back(deed)
        self.rejection_code = self.rejection_reason = ""
        self.rejection_proposed_by = None

    def refuse(self, deed: Deed) -> None:
        self.appeal_decided_by, self.outcome, self.closed_at = deed.actor.id, "rejected", deed.now
        self.outcome_reason = deed.detail["reason"] = deed.form.reason

    def countersign(self, deed: Deed) -> None:
        """Q's yes; whether the fast lane is open is decided here and stands."""
        self.countersigned_by = deed.actor.id
        self.fast_lane = deed.facts.fast_lane_open
        deed.detail["fast_lane"] = self.fast_lane

    def offer(self, deed: Deed) -> None:
        """The letter with the offer was accepted on at least one channel (notices)."""
        self.offered_until = deed.form.until

    def agree(self, deed: Deed) -> None:
        self.agreed_at, self.agreed_how = deed.now, deed.form.how

    def dispute(self, deed: Deed) -> None:
        deed.detail["reason"] = deed.form.reason

    def mediate(self, deed: Deed) -> None:
        """The manager's note on how the dispute was settled; the assessment is done again."""
        self.mediation = deed.form.reason
        self.send_back(deed)

    def approve(self, deed: Deed) -> None:
        """First level, then, where it is asked for, the second; the last one reserves the amount."""
        if self.state == "approved_l1":
            self.level_2_by = deed.actor.id
        else:
            self.level_1_by = deed.actor.id
        if self.level_2_by is not None or not deed.facts.needs_level_2:
            self.approved_at = deed.now

    def approve_fast(self, deed: Deed) -> None:
        """Small and clean: the countersignature was the approval."""
        self.approved_at = deed.now

    def check_payee(self, deed: Deed) -> None:
        """The account is the payee's, said by somebody who neither asked for the money nor wrote the account down."""
        payee = deed.facts.payee
        payee.verified_by, payee.verified_at = deed.actor.id, deed.now
        deed.detail["summary"] = f"{payee.holder} {payee.masked}"

    def change_payee(self, deed: Deed) -> None:
        """Another account was written down: it is checked anew."""

    def pay(self, deed: Deed) -> None:
        """A payment is handed to the bank; from here on its key is known, so that it is never made twice."""
        payee, given = deed.facts.payee, deed.form
        deed.new.append(
            Payment(refund_id=self.id, payee_id=payee.id, batch_id=given.batch_id, key=given.key, amount=given.amount,
                    made_by=deed.actor.id, made_at=deed.now)
        )  # fmt: skip
        deed.detail["summary"] = f"{given.amount} → {payee.holder} {payee.masked}"

    def fail(self, deed: Deed) -> None:
        deed.detail["reason"] = deed.form.reason

    def settle(self, deed: Deed) -> None:
        """A payment arrived; the last one ends the matter."""
        arrived = [payment for payment in deed.facts.payments if payment.settled_at == deed.now]
        deed.detail["summary"] = "、".join(f"{one.amount} {one.bank_reference}" for one in arrived)
        if deed.facts.paid >= self.amount:
            self.paid_at, self.outcome = deed.now, "refund"

    def archive(self, deed: Deed) -> None:
        self.closed_at = deed.now

    def cancel(self, deed: Deed) -> None:
        self.outcome, self.outcome_reason, self.closed_at = "cancelled", deed.form.reason, deed.now
        self.agreed_how = deed.form.how
        deed.detail |= {"reason": deed.form.reason, "how": deed.form.how}

    def convert(self, deed: Deed) -> None:
        """The client chose service credit or another plan instead of money."""
        self.outcome, self.outcome_reason, self.closed_at = deed.form.into, deed.form.reason, deed.now
        credit = deed.form.into == "credit"
        self.credit, self.credit_until = (deed.facts.credit, deed.facts.credit_until) if credit else (None, None)
        self.agreed_how = deed.form.how
        deed.detail |= {"into": deed.form.into, "reason": deed.form.reason, "how": deed.form.how}


class Missing(FirmRow):
    """One thing the client was asked for; the answer is a text, a file, or both."""

    __tablename__ = "refund_missing"
    __table_args__ = (Index("ix_refund_missing_refund", "firm_id", "refund_id"), belongs_to("refunds", "refund_id"))
    refund_id: Mapped[UUID]
    what: Mapped[str] = mapped_column(String(24))  # a key of the evidence checklist; "other"
    text: Mapped[str] = mapped_column(default="")  # in our words
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(default="")
    files: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    answered_at: Mapped[datetime | None]
    contact_id: Mapped[UUID | None]  # whom we asked
    answered_by: Mapped[str] = mapped_column(default="")
    chased: Mapped[int] = mapped_column(default=0)  # reminders sent at 2, 4, 6 working days
    escalated_at: Mapped[datetime | None]
    waived_by: Mapped[UUID | None]  # a reviewer goes on without it; `answer` says why

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.waived_by is None
