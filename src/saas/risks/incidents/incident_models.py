"""An incident and everything that belongs to it: roles, steps, calls, duties, and a timeline nobody rewrites."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.kernel.i18n import Text
from saas.kernel.stages import Stateful
from saas.kernel.workflow import Deed


class Incident(Stateful):
    """One emergency. `declared_at` is T0: every minute of the plan counts from it, day and night."""

    __tablename__ = "incidents"
    __table_args__ = (
        UniqueConstraint("firm_id", "number"),
        Index("ix_incidents_state", "firm_id", "state", "declared_at"),
        CheckConstraint("reviewed_by <> lead_id", name="reviewer_is_not_the_lead"),
        CheckConstraint("began_at IS NULL OR began_at <= declared_at", name="began_before_it_was_declared"),
        belongs_to("playbooks", "playbook_id"),
        belongs_to("playbook_versions", "version_id"),
        belongs_to("memberships", "lead_id"),
        belongs_to("cases", "case_id"),
    )
    number: Mapped[str] = mapped_column(String(20))  # SJ-2026-0001
    title: Mapped[str]
    scenario: Mapped[str] = mapped_column(String(40))  # the playbook's key
    playbook_id: Mapped[UUID]
    version_id: Mapped[UUID]
    severity: Mapped[str] = mapped_column(String(8))  # low, medium, high, critical
    description: Mapped[str] = mapped_column(default="")
    began_at: Mapped[datetime | None]  # as far as known
    declared_at: Mapped[datetime]
    declared_by: Mapped[UUID | None]
    lead_id: Mapped[UUID | None]
    past_leads: Mapped[list[str]] = mapped_column(default=list)  # member ids; none of them reviews
    case_id: Mapped[UUID | None]
    risk_id: Mapped[UUID | None]
    contained_at: Mapped[datetime | None]
    recovered_at: Mapped[datetime | None]
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[UUID | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]
    containment: Mapped[str] = mapped_column(default="")  # how it was stopped
    recovery: Mapped[str] = mapped_column(default="")  # how normal work came back, and how that was proved
    causes: Mapped[str] = mapped_column(default="")
    lessons: Mapped[str] = mapped_column(default="")
    actions: Mapped[str] = mapped_column(default="")  # so that it does not happen again
    report_sha256: Mapped[str] = mapped_column(String(64), default="")

    def contain(self, deed: Deed) -> None:
        self.contained_at = deed.now
        self.containment = deed.detail["reason"] = deed.form.reason

    def recover(self, deed: Deed) -> None:
        self.recovered_at = deed.now
        self.recovery = deed.detail["reason"] = deed.form.reason

    def worsen(self, deed: Deed) -> None:
        """It goes on after all: the clock to containment runs again."""
        self.contained_at = self.recovered_at = None
        self.containment = self.recovery = ""
        deed.detail["reason"] = deed.form.reason

    def review(self, deed: Deed) -> None:
        self.reviewed_at, self.reviewed_by = deed.now, deed.actor.id
        self.causes, self.lessons, self.actions = deed.form.causes, deed.form.lessons, deed.form.actions
        deed.detail["reason"] = deed.form.causes

    def close(self, deed: Deed) -> None:
        self.closed_at, self.closed_by = deed.now, deed.actor.id
        deed.detail["reason"] = deed.form.reason

    def hand_over(self, deed: Deed) -> None:
        if self.lead_id is not None and self.lead_id != deed.form.lead_id:
            self.past_leads = sorted({*self.past_leads, str(self.lead_id)})
        self.lead_id = deed.form.lead_id


class Part(FirmRow):
    """A role of the plan and who plays it in this incident."""

    __tablename__ = "incident_parts"
    __table_args__ = (
        UniqueConstraint("firm_id", "incident_id", "role"),
        belongs_to("incidents", "incident_id"),
        belongs_to("memberships", "member_id"),
        belongs_to("memberships", "deputy_id"),
    )
    incident_id: Mapped[UUID]
    role: Mapped[str] = mapped_column(String(24))
    name: Mapped[dict[str, Any]]
    task: Mapped[dict[str, Any]] = mapped_column(default=dict)
    position: Mapped[int]
    member_id: Mapped[UUID | None]
    deputy_id: Mapped[UUID | None]


class Step(FirmRow):
    """One step of the plan, due so many minutes after T0, with its task in My work."""

    __tablename__ = "incident_steps"
    __table_args__ = (
        UniqueConstraint("firm_id", "incident_id", "key"),
        CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", name="done_by_somebody"),
        belongs_to("incidents", "incident_id"),
    )
    incident_id: Mapped[UUID]
    key: Mapped[str] = mapped_column(String(32))
    phase: Mapped[str] = mapped_column(String(8))  # contain, recover, inform, review
    position: Mapped[int]
    role: Mapped[str] = mapped_column(String(24))
    what: Mapped[dict[str, Any]]
    due_at: Mapped[datetime]
    task_id: Mapped[UUID | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None]
    skipped: Mapped[bool] = mapped_column(default=False)  # does not apply here; `remark` says why
    remark: Mapped[str] = mapped_column(default="")


class Call(FirmRow):
    """One call of the tree: ticked with its time and what came of it."""

    __tablename__ = "incident_calls"
    __table_args__ = (belongs_to("incidents", "incident_id"),)
    incident_id: Mapped[UUID]
    position: Mapped[int]
    caller: Mapped[str] = mapped_column(default="")  # name of who calls
    callee: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    deputy: Mapped[str] = mapped_column(default="")  # called when the first one does not answer
    deputy_phone: Mapped[str] = mapped_column(default="")
    about: Mapped[dict[str, Any]] = mapped_column(default=dict)
    due_at: Mapped[datetime]
    called_at: Mapped[datetime | None]
    called_by: Mapped[UUID | None]
    result: Mapped[str] = mapped_column(String(8), default="")  # reached, deputy, nobody
    remark: Mapped[str] = mapped_column(default="")


class LegalDuty(FirmRow):
    """What the law asks in this kind of emergency, and how it was decided and met."""

    __tablename__ = "incident_duties"
    __table_args__ = (
        UniqueConstraint("firm_id", "incident_id", "key"),
        CheckConstraint("result <> 'not_due' OR remark <> ''", name="not_due_has_a_reason"),
        belongs_to("incidents", "incident_id"),
    )
    incident_id: Mapped[UUID]
    key: Mapped[str] = mapped_column(String(32))
    position: Mapped[int]
    what: Mapped[dict[str, Any]]
    deadline: Mapped[dict[str, Any]]
    source: Mapped[str]
    to_confirm: Mapped[bool] = mapped_column(default=False)
    due_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[UUID | None]
    result: Mapped[str] = mapped_column(String(8), default="")  # done, not_due
    remark: Mapped[str] = mapped_column(default="")


class Entry(FirmRow):
    """One line of the timeline, by a person or by the product; never changed, never removed."""

    __tablename__ = "incident_entries"
    __table_args__ = (
        Index("ix_incident_entries_incident", "firm_id", "incident_id", "at"),
        belongs_to("incidents", "incident_id"),
        {"info": {"append_only": True}},
    )
    incident_id: Mapped[UUID]
    at: Mapped[datetime]
    by: Mapped[UUID | None]  # null: the product
    by_name: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(String(8))  # note, step, call, duty, state, notice
    text: Mapped[Text]
    files: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # [{name, sha256, size}]
