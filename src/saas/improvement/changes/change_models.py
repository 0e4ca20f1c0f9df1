"""A change of a process or a policy, from its draft to the day on which it is kept or withdrawn."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import belongs_to
from saas.kernel.stages import Stateful
from saas.kernel.workflow import Deed


class Change(Stateful):
    """What is changed, why, from which day, and what it is measured by.

    `baseline` is counted when it is approved and never again; `outcome` when its time of measuring is over.
    """

    __tablename__ = "improvement_changes"
    __table_args__ = (
        UniqueConstraint("firm_id", "number"),
        Index("ix_improvement_changes_state", "firm_id", "state"),
        Index("ix_improvement_changes_source", "firm_id", "source_id"),
        CheckConstraint("approved_by IS NULL OR approved_by <> author_id", name="approver_is_not_author"),
        belongs_to("memberships", "author_id"),
        belongs_to("procedure_versions", "version_id"),
    )
    number: Mapped[str] = mapped_column(String(20))  # GG-2026-0001
    kind: Mapped[str] = mapped_column(String(10))  # process, policy, rule, template
    title: Mapped[str]
    problem: Mapped[str]
    proposal: Mapped[str]
    source_kind: Mapped[str] = mapped_column(String(12), default="")  # lesson, inbox: what asked for it
    source_id: Mapped[UUID | None]
    target_kind: Mapped[str] = mapped_column(String(8))  # measuring.targets.KINDS
    target_key: Mapped[str] = mapped_column(String(40))
    version_id: Mapped[UUID | None]  # the next version of the procedure in which the change is written down
    author_id: Mapped[UUID | None]
    drafted_at: Mapped[datetime]
    effective_on: Mapped[date]
    measure_days: Mapped[int] = mapped_column(default=90)
    baseline: Mapped[dict[str, Any] | None]
    approved_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]
    outcome: Mapped[dict[str, Any] | None]
    measured_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")  # of the last decision

    def propose(self, deed: Deed) -> None:
        """Ready to be read by whoever approves; with a procedure it begins on the day of the version handed in."""
        if deed.facts.version is not None:
            self.effective_on = deed.facts.version.effective_on

    def approve(self, deed: Deed) -> None:
        self.approved_by, self.approved_at = deed.actor.id, deed.now
        self.baseline = deed.facts.baseline

    def send_back(self, deed: Deed) -> None:
        self.reason = deed.form.reason
        deed.detail["reason"] = deed.form.reason

    def begin(self, deed: Deed) -> None:
        """Its day has come."""

    def measure(self, deed: Deed) -> None:
        self.outcome, self.measured_at = deed.facts.outcome, deed.now

    def decide(self, deed: Deed) -> None:
        self.decided_by, self.decided_at, self.reason = deed.actor.id, deed.now, deed.form.reason
        deed.detail["reason"] = deed.form.reason
