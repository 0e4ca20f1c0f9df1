"""The tables of checklists: what is checked in which version, and each run of it for one client and period."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from saas.checklists.procedures import procedure_models
from saas.kernel.db import FirmRow, belongs_to
from saas.kernel.i18n import Both
from saas.kernel.stages import Stateful
from saas.kernel.workflow import Deed

PROCEDURES = procedure_models  # their tables are known with these
OVER = frozenset({"signed_off", "completed", "void"})
MOST_FILES = 20  # of one step


class Checklist(FirmRow):
    """A checklist of the firm; what it says stands in its versions. `starter_key` names the one it was copied from."""

    __tablename__ = "checklists"
    __table_args__ = (UniqueConstraint("firm_id", "starter_key"),)
    starter_key: Mapped[str] = mapped_column(String(40))  # the firm's own ones carry their id here
    active: Mapped[bool] = mapped_column(default=True)  # made by its schedule or event; by hand also when not
    position: Mapped[int] = mapped_column(default=0)


class ChecklistVersion(FirmRow):
    """One version of a checklist; never changed, so that a run that began with it keeps it."""

    __tablename__ = "checklist_versions"
    __table_args__ = (
        UniqueConstraint("firm_id", "checklist_id", "version"),
        belongs_to("checklists", "checklist_id"),
        {"info": {"append_only": True}},
    )
    checklist_id: Mapped[UUID]
    version: Mapped[int]
    plan: Mapped[dict[str, Any]]  # saas.checklists.plan.Plan
    note: Mapped[str] = mapped_column(default="")  # why it was changed
    made_by: Mapped[UUID | None]  # None: supplied with the product
    made_at: Mapped[datetime]


class ChecklistExemption(FirmRow):
    """This client does not get this checklist, and why."""

    __tablename__ = "checklist_exemptions"
    __table_args__ = (
        UniqueConstraint("firm_id", "checklist_id", "client_id"),
        belongs_to("checklists", "checklist_id"),
        belongs_to("clients", "client_id"),
    )
    checklist_id: Mapped[UUID]
    client_id: Mapped[UUID]
    reason: Mapped[str]
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]


class ChecklistRun(Stateful):
    """A checklist worked through for one client and one period, or for one occasion (a refund, a letter)."""

    __tablename__ = "checklist_runs"
    __table_args__ = (
        UniqueConstraint("firm_id", "checklist_id", "client_id", "period"),
        Index("ix_checklist_runs_due", "firm_id", "due_at"),
        Index("ix_checklist_runs_client", "firm_id", "client_id", "due_at"),
        Index("ix_checklist_runs_open", "firm_id", "preparer_id", postgresql_where=text(
            "state IN ('open', 'returned', 'prepared', 'with_manager')")),
        Index("ix_checklist_runs_subject", "firm_id", "subject_id", postgresql_where=text("subject_id IS NOT NULL")),
        CheckConstraint("signed_by IS NULL OR signed_by <> prepared_by", name="two_people"),
        belongs_to("checklists", "checklist_id"),
        belongs_to("checklist_versions", "version_id"),
        belongs_to("clients", "client_id"),
        belongs_to("memberships", "preparer_id"),
    )  # fmt: skip
    checklist_id: Mapped[UUID]
    version_id: Mapped[UUID]
    client_id: Mapped[UUID]
    period: Mapped[str] = mapped_column(String(40))  # 2026-11, 2026-Q4, 2026; of an occasion: its number
    name_zh: Mapped[str]
    name_en: Mapped[str]
    client_name: Mapped[str]
    lead: Mapped[str] = mapped_column(String(16))  # bookkeeper, reviewer: whose work it is
    two_person: Mapped[bool]
    preparer_id: Mapped[UUID | None]  # whose it is; None: anyone with the role
    subject_kind: Mapped[str] = mapped_column(String(16), default="")
    subject_id: Mapped[UUID | None]  # the refund or case it belongs to
    subject_url: Mapped[str] = mapped_column(default="")
    provisional: Mapped[bool] = mapped_column(default=False)  # due in a year whose calendar is not out yet
    made_by: Mapped[UUID | None]  # None: by its schedule or event
    made_at: Mapped[datetime]
    prepared_by: Mapped[UUID | None]
    prepared_at: Mapped[datetime | None]
    signed_by: Mapped[UUID | None]
    signed_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")  # of the last return, void or reopening

    @property
    def name(self) -> Both:
        return Both(self.name_zh, self.name_en)

    def tick(self, deed: Deed) -> None:
        """A step is done, or does not apply."""
        step, form = deed.facts.steps[deed.form.step], deed.form
        step.outcome, step.done_at, step.done_by = form.outcome, deed.now, deed.actor.id
        step.confirmed_at = step.confirmed_by = None
        step.note, step.number, step.link, step.files = form.note, form.number, form.link, form.files
        deed.detail["summary"] = step.title_zh

    def untick(self, deed: Deed) -> None:
        """Open again; what was given as evidence stays to be looked at and changed."""
        step = deed.facts.steps[deed.form.step]
        step.outcome, step.done_at, step.done_by = "", None, None
        step.confirmed_at = step.confirmed_by = None
        deed.detail["summary"] = step.title_zh

    def confirm(self, deed: Deed) -> None:
        """The second pair of eyes on one step."""
        step = deed.facts.steps[deed.form.step]
        step.confirmed_at, step.confirmed_by = deed.now, deed.actor.id
        deed.detail["summary"] = step.title_zh

    def finish(self, deed: Deed) -> None:
        self.prepared_by, self.prepared_at = deed.actor.id, deed.now

    def sign_off(self, deed: Deed) -> None:
        self.signed_by, self.signed_at = deed.actor.id, deed.now

    def send_back(self, deed: Deed) -> None:
        self.reason = deed.detail["reason"] = deed.form.reason
        self.prepared_by = self.prepared_at = None

    def void(self, deed: Deed) -> None:
        self.reason = deed.detail["reason"] = deed.form.reason
        deed.detail["never_again"] = deed.form.never_again

    def reopen(self, deed: Deed) -> None:
        self.reason = deed.detail["reason"] = deed.form.reason

    def take(self, deed: Deed) -> None:
        self.preparer_id = deed.form.member_id


class ChecklistStep(FirmRow):
    """One step of one run: as its version says it, who did it when, and the evidence."""

    __tablename__ = "checklist_steps"
    __table_args__ = (
        UniqueConstraint("firm_id", "run_id", "position"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> done_by", name="two_people"),
        CheckConstraint("outcome IN ('', 'done', 'not_applicable')", name="outcome"),
        CheckConstraint("outcome <> 'not_applicable' OR note <> ''", name="reason"),
        CheckConstraint("(outcome = '') = (done_by IS NULL)", name="done_by_somebody"),
        belongs_to("checklist_runs", "run_id"),
    )
    run_id: Mapped[UUID]
    position: Mapped[int]  # 1, 2, 3 …
    title_zh: Mapped[str]
    title_en: Mapped[str]
    help_zh: Mapped[str] = mapped_column(default="")
    help_en: Mapped[str] = mapped_column(default="")
    evidence: Mapped[str] = mapped_column(String(8))  # none, note, file, number, link
    role: Mapped[str] = mapped_column(String(16))  # whose step it is
    two_person: Mapped[bool] = mapped_column(default=False)
    due_at: Mapped[datetime | None]  # None: with the run
    outcome: Mapped[str] = mapped_column(String(16), default="")
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[UUID | None]
    note: Mapped[str] = mapped_column(default="")
    number: Mapped[Decimal | None] = mapped_column(Numeric(20, 4))
    link: Mapped[str] = mapped_column(default="")
    files: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # [{name, sha256, size}]

    @property
    def title(self) -> Both:
        return Both(self.title_zh, self.title_en)

    @property
    def help(self) -> Both:
        return Both(self.help_zh, self.help_en)

    @property
    def has_evidence(self) -> bool:
        """Whether what the step asks for is there."""
        given = {"note": self.note, "file": self.files, "number": self.number is not None, "link": self.link}
        return self.evidence == "none" or bool(given[self.evidence])
