"""The library of procedures (SOP): versions, who read which, and which version counts for a refund or a case."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.kernel.i18n import Both
from saas.kernel.stages import Stateful
from saas.kernel.workflow import Deed


class Procedure(FirmRow):
    """A procedure of the firm; what it says stands in its versions."""

    __tablename__ = "procedures"
    __table_args__ = (UniqueConstraint("firm_id", "starter_key"),)
    starter_key: Mapped[str] = mapped_column(String(40))  # the firm's own ones carry their id here
    position: Mapped[int] = mapped_column(default=0)


class ProcedureVersion(Stateful):
    """One version: written by one person, put in force by another from a day on; its text never changes after that."""

    __tablename__ = "procedure_versions"
    __table_args__ = (
        UniqueConstraint("firm_id", "procedure_id", "version"),
        Index("uq_procedure_versions_in_force", "firm_id", "procedure_id", unique=True,
              postgresql_where=text("state = 'in_force'")),
        Index("uq_procedure_versions_in_work", "firm_id", "procedure_id", unique=True,
              postgresql_where=text("state IN ('draft', 'in_review', 'coming')")),
        CheckConstraint("approved_by IS NULL OR approved_by <> author_id", name="two_people"),
        belongs_to("procedures", "procedure_id"),
        belongs_to("memberships", "author_id"),
        belongs_to("memberships", "approved_by"),
    )  # fmt: skip
    procedure_id: Mapped[UUID]
    version: Mapped[int]
    title_zh: Mapped[str]
    title_en: Mapped[str]
    body_zh: Mapped[str]  # Markdown
    body_en: Mapped[str]
    source: Mapped[str] = mapped_column(default="")  # laws and standards it rests on
    rules: Mapped[list[str]] = mapped_column(default=list)  # anomaly rules it helps with: N09 …
    steps: Mapped[list[str]] = mapped_column(default=list)  # case, refund, or one state of them: refund.approved
    readers: Mapped[list[str]] = mapped_column(default=list)  # roles that must read it
    read_days: Mapped[int] = mapped_column(default=5)  # working days to read it
    effective_on: Mapped[date]
    change: Mapped[str] = mapped_column(default="")  # what is new, and why
    author_id: Mapped[UUID | None]  # who handed it in; None: supplied with the product
    editors: Mapped[list[str]] = mapped_column(default=list)  # ids of everybody who wrote in it
    approved_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]
    in_force_at: Mapped[datetime | None]
    read_by: Mapped[datetime | None]  # until when those who must have read it
    reason: Mapped[str] = mapped_column(default="")  # why it was returned

    @property
    def title(self) -> Both:
        return Both(self.title_zh, self.title_en)

    @property
    def body(self) -> Both:
        return Both(self.body_zh, self.body_en)

    def submit(self, deed: Deed) -> None:
        self.author_id, self.reason = deed.actor.id, ""

    def send_back(self, deed: Deed) -> None:
        self.reason = deed.detail["reason"] = deed.form.reason

    def approve(self, deed: Deed) -> None:
        self.approved_by, self.approved_at = deed.actor.id, deed.now

    def begin(self, deed: Deed) -> None:
        """From now on it counts; `facts.read_by` is when its readers should have read it."""
        self.in_force_at, self.read_by = deed.now, deed.facts.read_by

    def end(self, deed: Deed) -> None:
        """Another version took its place."""


class ProcedureReceipt(FirmRow):
    """Somebody has read this version."""

    __tablename__ = "procedure_receipts"
    __table_args__ = (
        UniqueConstraint("firm_id", "version_id", "member_id"),
        belongs_to("procedure_versions", "version_id"),
        belongs_to("memberships", "member_id"),
        {"info": {"append_only": True}},
    )
    version_id: Mapped[UUID]
    member_id: Mapped[UUID]
    read_at: Mapped[datetime]


class ProcedurePin(FirmRow):
    """The version that was in force when this refund or case began; it counts for it to the end (requirement R10.2)."""

    __tablename__ = "procedure_pins"
    __table_args__ = (
        UniqueConstraint("firm_id", "subject_id", "version_id"),
        belongs_to("procedure_versions", "version_id"),
        {"info": {"append_only": True}},
    )
    subject_kind: Mapped[str] = mapped_column(String(16))  # case, refund
    subject_id: Mapped[UUID]
    version_id: Mapped[UUID]
    pinned_at: Mapped[datetime]
