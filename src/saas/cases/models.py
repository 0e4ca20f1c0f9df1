"""Anomaly cases: what is wrong, for whom, how risky it is, and what was decided."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from saas.cases.fault_models import SystemFault
from saas.kernel.clock import CHINA
from saas.kernel.db import FirmRow, belongs_to
from saas.kernel.i18n import Text
from saas.kernel.money import Money
from saas.kernel.stages import Stateful
from saas.kernel.workflow import Deed


class Case(Stateful):
    """One anomaly on its way from intake to closed (domain.md W2)."""

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("firm_id", "number"),
        Index("ix_cases_state", "firm_id", "state", "due_at"),
        Index("ix_cases_client", "firm_id", "client_id"),
        Index("ix_cases_owner", "firm_id", "owner_id"),
        Index("ix_cases_closed", "firm_id", "closed_at", postgresql_where=text("closed_at IS NOT NULL")),
        Index("ix_cases_opened", "firm_id", "opened_at"),
        CheckConstraint("reviewed_by IS NULL OR reviewed_by <> owner_id", name="reviewer_is_not_preparer"),
        CheckConstraint(
            "manager_id IS NULL OR (manager_id <> owner_id AND manager_id <> reviewed_by)",
            name="manager_is_a_third_person",
        ),
        belongs_to("clients", "client_id"),
        belongs_to("memberships", "owner_id"),
    )
    number: Mapped[str] = mapped_column(String(20))  # YC-2026-0318
    client_id: Mapped[UUID]
    title: Mapped[Text]
    description: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(String(10))  # rule, staff, client, authority, complaint
    reported_by: Mapped[str] = mapped_column(default="")  # the contact who told us, by link
    vouchers: Mapped[list[str]] = mapped_column(default=list)  # named as evidence, beside those of the findings
    files: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # attached as evidence
    period: Mapped[str | None] = mapped_column(String(7))
    rule: Mapped[str] = mapped_column(String(8), default="")  # of the leading finding
    object: Mapped[str] = mapped_column(default="")
    severity: Mapped[str] = mapped_column(String(8))
    score: Mapped[float | None]
    exposure: Mapped[Money | None]
    likelihood: Mapped[int | None]
    impact: Mapped[int | None]
    treatment: Mapped[str] = mapped_column(String(10), default="")  # avoid, reduce, transfer, accept
    cause_class: Mapped[str] = mapped_column(String(12), default="")  # entry, treatment, external, system
    cause_code: Mapped[str] = mapped_column(String(12), default="")  # AMT, DATE, ACCT, …
    cause: Mapped[str] = mapped_column(default="")
    responsibility: Mapped[str] = mapped_column(String(10), default="")  # firm, client, external, shared
    expectation: Mapped[str] = mapped_column(default="")  # what the client expects
    expected_by: Mapped[date | None]
    found_after_filing: Mapped[bool] = mapped_column(default=False)
    owner_id: Mapped[UUID | None]  # P, the preparer
    opened_by: Mapped[UUID | None]
    reviewed_by: Mapped[UUID | None]  # Q of the round that stands
    manager_id: Mapped[UUID | None]  # M where required
    filing_guard_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(12), default="")  # voucher, explained, external, no_entry, dismissed
    outcome_reason: Mapped[str] = mapped_column(default="")
    notice_id: Mapped[UUID | None]
    acknowledged_how: Mapped[str] = mapped_column(String(10), default="")  # link, phone, silence (manager's grounds)
    acknowledged_ground: Mapped[str] = mapped_column(default="")
    rounds: Mapped[int] = mapped_column(default=0)  # times returned by review or by a cure that failed
    first_response_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    reopens_id: Mapped[UUID | None]
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict)

    @property
    def risk(self) -> int | None:
        """Likelihood × impact, 1…25."""
        return self.likelihood * self.impact if self.likelihood and self.impact else None

    @property
    def is_severe(self) -> bool:
        return self.severity in ("high", "critical")

    def triage(self, deed: Deed) -> None:
        if self.owner_id is not None and self.owner_id != deed.form.owner_id:
            self.extra = {**self.extra, "past_owners": sorted({*self.past_owners, str(self.owner_id)})}
        self.owner_id = deed.form.owner_id
        self.severity = deed.form.severity or self.severity
        self.period = deed.form.period or self.period
        self.first_response_at = self.first_response_at or deed.now

    def dismiss(self, deed: Deed) -> None:
        self._decide("dismissed", deed.form.reason, deed)

    def confirm(self, deed: Deed) -> None:
        self.cause_class = deed.form.cause_class
        self.exposure = deed.form.exposure
        self.likelihood, self.impact = deed.form.likelihood, deed.form.impact
        self.treatment = deed.form.treatment

    def wait(self, deed: Deed) -> None:
        """Questions are out: the clock stands still until the client answers."""

    def resume(self, deed: Deed) -> None:
        """The client answered, by the link or otherwise on record."""

    def analyse(self, deed: Deed) -> None:
        self.cause_class, self.cause_code = deed.form.cause_class, deed.form.cause_code
        self.cause, self.responsibility = deed.form.cause, deed.form.responsibility
        self.expectation, self.expected_by = deed.form.expectation, deed.form.expected_by
        self.found_after_filing = deed.form.found_after_filing
        deed.detail["reason"] = deed.form.cause[:300]

    def declare_fault(self, deed: Deed) -> None:
        self.cause_class, self.cause_code = "system", "SYSTEM"
        said = deed.form
        deed.new.append(
            SystemFault(
                case_id=self.id, declared_by=deed.actor.id, declared_at=deed.now, contained=said.contained,
                vendor=said.vendor, ticket=said.ticket,
            )
        )  # fmt: skip
        deed.detail["reason"] = said.contained

    def sign_off_fault(self, deed: Deed) -> None:
        deed.facts.fault.signed_off(deed)
        deed.detail["reason"] = deed.form.reason

    def explain(self, deed: Deed) -> None:
        self.outcome, self.outcome_reason = "explained", deed.form.explanation
        deed.detail["reason"] = deed.form.explanation

    def plan(self, deed: Deed) -> None:
        """A correcting voucher is being drafted (adjustments)."""
        self.outcome = "voucher"

    def plan_without_voucher(self, deed: Deed) -> None:
        """Nothing to book; the client is told what to know or do."""
        self.outcome, self.outcome_reason = deed.form.outcome, deed.form.duties
        self.reviewed_by = deed.actor.id
        deed.detail["reason"] = deed.form.duties

    def submit(self, deed: Deed) -> None:
        self.reviewed_by = self.manager_id = None

    def approve(self, deed: Deed) -> None:
        """First approval by the reviewer, second by the manager where the plan needs one."""
        if self.state == "in_approval":
            self.manager_id = deed.actor.id
        else:
            self.reviewed_by = deed.actor.id

    def send_back(self, deed: Deed) -> None:
        self.rounds += 1
        self.reviewed_by = self.manager_id = None
        self.outcome = self.outcome_reason = self.acknowledged_how = self.acknowledged_ground = ""
        if deed.form is not None:
            deed.detail["reason"] = deed.form.reason

    def notify(self, deed: Deed) -> None:
        """The letter was accepted on at least one channel (notices)."""

    def acknowledge(self, deed: Deed) -> None:
        self.acknowledged_how = deed.form.how if deed.form is not None else "link"

    def go_on(self, deed: Deed) -> None:
        self.acknowledged_how, self.acknowledged_ground = "silence", deed.form.ground
        deed.detail["reason"] = deed.form.ground

    def execute(self, deed: Deed) -> None:
        """The approved vouchers are being booked in the client's program."""

    def finish(self, deed: Deed) -> None:
        """Voucher numbers and the snapshot afterwards are recorded (adjustments)."""

    def verify(self, deed: Deed) -> None:
        """The same rule is green on the re-imported ledger."""

    def close(self, deed: Deed) -> None:
        self.closed_at = deed.now
        self._check_expectation(deed)

    def close_explained(self, deed: Deed) -> None:
        self.reviewed_by, self.closed_at = deed.actor.id, deed.now
        self._check_expectation(deed)

    def reopen(self, deed: Deed) -> None:
        """The same trouble is back, or the closing was wrong: everything decided is decided anew, by a new clock."""
        self.closed_at = None
        self.rounds += 1
        self.outcome = self.outcome_reason = self.acknowledged_how = self.acknowledged_ground = ""
        self.reviewed_by = self.manager_id = self.due_at = self.notice_id = None
        if deed.facts is not None:
            self.filing_guard_at = deed.facts.filing_guard_at
        if deed.form is not None:
            deed.detail["reason"] = deed.form.reason

    def hand_to(self, deed: Deed) -> None:
        """The new owner prepares from here on; the one before stays a preparer and never reviews this case."""
        if self.owner_id is not None:
            self.extra = {**self.extra, "past_owners": sorted({*self.past_owners, str(self.owner_id)})}
        self.owner_id = deed.form.owner_id
        deed.detail["owner_id"] = str(deed.form.owner_id)
        deed.detail["reason"] = deed.form.reason

    def add_evidence(self, deed: Deed) -> None:
        self.vouchers = list(dict.fromkeys([*self.vouchers, *deed.form.vouchers]))
        self.files = [*self.files, *deed.form.files]

    @property
    def past_owners(self) -> list[str]:
        owners: list[str] = self.extra.get("past_owners", [])
        return owners

    def _check_expectation(self, deed: Deed) -> None:
        """What the client expected is held against what they got, in words and in days."""
        if deed.form is None:
            return
        late = (deed.now.astimezone(CHINA).date() - self.expected_by).days if self.expected_by else 0
        met = {"met": deed.form.expectation, "remark": deed.form.remark, "late_days": max(late, 0)}
        self.extra = {**self.extra, "expectation": met}
        deed.detail["expectation"], deed.detail["reason"] = met, deed.form.remark

    def _decide(self, outcome: str, reason: str, deed: Deed) -> None:
        self.outcome, self.outcome_reason = outcome, reason
        self.reviewed_by, self.closed_at = deed.actor.id, deed.now
        deed.detail["reason"] = reason


class Note(FirmRow):
    """An internal note; the client never sees it. `mentions` are member ids that get a notification."""

    __tablename__ = "case_notes"
    __table_args__ = (
        Index("ix_case_notes_case", "firm_id", "case_id"),
        belongs_to("cases", "case_id"),
        {"info": {"append_only": True}},
    )
    case_id: Mapped[UUID]
    member_id: Mapped[UUID]
    at: Mapped[datetime]
    text: Mapped[str]
    mentions: Mapped[list[str]] = mapped_column(default=list)


class Lesson(FirmRow):
    """What a closed case teaches: five whys, and what will be done."""

    __tablename__ = "lessons"
    __table_args__ = (UniqueConstraint("firm_id", "case_id"), belongs_to("cases", "case_id"))
    case_id: Mapped[UUID]
    whys: Mapped[list[str]]
    action: Mapped[str]
    action_owner_id: Mapped[UUID | None]
    action_due: Mapped[date | None]
    written_by: Mapped[UUID]
    written_at: Mapped[datetime]
