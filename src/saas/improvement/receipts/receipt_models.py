"""A colleague was asked to read something; when they did, and what they answered."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to


class ReadReceipt(FirmRow):
    """One member, one lesson or regulation. Once read it never changes (guards.sql)."""

    __tablename__ = "improvement_receipts"
    __table_args__ = (
        UniqueConstraint("firm_id", "subject_id", "member_id"),
        Index("ix_improvement_receipts_due", "firm_id", "read_at", "due_at"),
        belongs_to("memberships", "member_id"),
    )
    subject_kind: Mapped[str] = mapped_column(String(12))  # lesson, regulation
    subject_id: Mapped[UUID]
    member_id: Mapped[UUID]
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    reminded_on: Mapped[date | None]
    read_at: Mapped[datetime | None]
    answers: Mapped[list[int]] = mapped_column(default=list)  # of the quiz, as chosen first; 0-based
    right: Mapped[int] = mapped_column(default=0)
    questions: Mapped[int] = mapped_column(default=0)
