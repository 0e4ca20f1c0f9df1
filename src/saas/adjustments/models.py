"""Correcting vouchers as planned, reviewed, executed and proved. A new version is a new plan."""

from __future__ import annotations

import datetime as dt
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.kernel.i18n import Text
from saas.kernel.money import Money


class Adjustment(FirmRow):
    """One version of a plan. Approved content never changes: a trigger refuses it."""

    __tablename__ = "adjustments"
    __table_args__ = (
        UniqueConstraint("firm_id", "case_id", "version"),
        CheckConstraint("reviewed_by IS NULL OR reviewed_by <> prepared_by", name="no_self_review"),
        CheckConstraint(
            "manager_id IS NULL OR (manager_id <> prepared_by AND manager_id <> reviewed_by)",
            name="manager_is_a_third_person",
        ),
        belongs_to("cases", "case_id"),
        belongs_to("clients", "client_id"),
    )
    case_id: Mapped[UUID]
    client_id: Mapped[UUID]
    version: Mapped[int]
    facts: Mapped[dict[str, Any]]  # what the choice of method rests on (adjustments/correction/facts.py)
    method: Mapped[str] = mapped_column(String(20))
    method_row: Mapped[str] = mapped_column(String(4))  # D2
    law: Mapped[Text]
    refused: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # [{method, reason}] as stored Texts
    wrong: Mapped[list[dict[str, Any]]]  # the vouchers as found
    tax: Mapped[dict[str, Any]]  # effect per tax: known amount with basis, or what it needs
    reminders: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    effective_on: Mapped[dt.date | None]
    total: Mapped[Money]  # largest voucher total: the blind re-entry threshold looks at it
    needs_manager: Mapped[bool] = mapped_column(default=False)
    needs_second_entry: Mapped[bool] = mapped_column(default=False)
    second_entry_by: Mapped[UUID | None]
    second_entry_at: Mapped[datetime | None]
    prepared_by: Mapped[UUID]
    edited_by: Mapped[list[str]] = mapped_column(default=list)  # whoever changed a line of this version
    prepared_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    checklist: Mapped[dict[str, Any]] = mapped_column(default=dict)  # the reviewer's ticks
    reviewed_by: Mapped[UUID | None]
    reviewed_at: Mapped[datetime | None]
    manager_id: Mapped[UUID | None]
    manager_at: Mapped[datetime | None]
    duties: Mapped[list[str]] = mapped_column(default=list)  # what the client has to do
    notice_id: Mapped[UUID | None]
    completion_id: Mapped[UUID | None]  # the completion letter
    found_versions: Mapped[list[str]] = mapped_column(default=list)  # period versions of the books the plan rests on
    returned_at: Mapped[datetime | None]
    returned_reason: Mapped[str] = mapped_column(default="")
    approved_at: Mapped[datetime | None]
    begun_at: Mapped[datetime | None]
    before_sha256: Mapped[str] = mapped_column(String(64), default="")
    after_sha256: Mapped[str] = mapped_column(String(64), default="")
    executed_by: Mapped[UUID | None]
    executed_at: Mapped[datetime | None]
    verified_by: Mapped[UUID | None]
    verified_at: Mapped[datetime | None]
    cure: Mapped[dict[str, Any]] = mapped_column(default=dict)  # {ok, reason, import_id}

    @property
    def status(self) -> str:
        """How far this version came: draft, submitted, returned, approved, executing, executed, verified, not_cured."""
        if self.verified_at is not None:
            return "verified" if self.cure.get("ok") else "not_cured"
        steps = (
            ("executed", self.executed_at),
            ("executing", self.begun_at),
            ("approved", self.approved_at),
            ("returned", self.returned_at),
            ("submitted", self.submitted_at),
        )
        return next((name for name, moment in steps if moment is not None), "draft")


class PlannedVoucher(FirmRow):
    """One correcting voucher of a plan, with its lines, as drafted or edited."""

    __tablename__ = "planned_vouchers"
    __table_args__ = (
        Index("ix_planned_vouchers_adjustment", "firm_id", "adjustment_id", "position"),
        belongs_to("adjustments", "adjustment_id", ondelete="CASCADE"),
    )
    adjustment_id: Mapped[UUID]
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))  # red, blue, mixed, ordinary
    stage: Mapped[int] = mapped_column(default=1)  # adjustments/correction/vouchers.py Stage
    about: Mapped[str] = mapped_column(String(7), default="")  # the period whose figures it puts right
    date: Mapped[dt.date]
    word: Mapped[str]
    number: Mapped[int | None]
    summary: Mapped[str]
    refers_to: Mapped[str] = mapped_column(default="")
    attachments: Mapped[int] = mapped_column(default=0)
    lines: Mapped[list[dict[str, Any]]]  # [{account, name, aux, debit_fen, credit_fen}]
    posted_as: Mapped[str] = mapped_column(default="")  # the voucher number it got in the books
