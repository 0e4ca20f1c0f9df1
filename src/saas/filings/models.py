"""The filing register: what each client has to hand in, by when, and what became of it (accounting.md §6 and §9)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.kernel.money import Money


class RegisteredFiling(FirmRow):
    """One return of one client for one period. Its state follows from its days (filings/standing.py)."""

    __tablename__ = "filings"
    __table_args__ = (
        UniqueConstraint("firm_id", "client_id", "code", "period"),
        Index("ix_filings_due", "firm_id", "due_on", "client_id"),
        Index("ix_filings_month", "firm_id", "client_id", "last_month"),
        CheckConstraint("accepted_on IS NULL OR (filed_on IS NOT NULL AND accepted_on >= filed_on)", name="in_order"),
        CheckConstraint("amended_on IS NULL OR accepted_on IS NOT NULL", name="amended_after_accepted"),
        CheckConstraint("(amended_on IS NULL) = (amended_cause = '')", name="amended_for_a_cause"),
        CheckConstraint("(waived_on IS NULL) = (waived_reason = '')", name="waived_with_a_reason"),
        CheckConstraint("waived_on IS NULL OR filed_on IS NULL", name="waived_or_filed"),
        CheckConstraint("payable IS NULL OR payable >= 0", name="payable_not_negative"),
        belongs_to("clients", "client_id"),
    )
    client_id: Mapped[UUID]
    code: Mapped[str] = mapped_column(String(24))  # of tenants/_starter/filing.toml
    period: Mapped[str] = mapped_column(String(7))  # "2026-10", "2026-Q3", "2026-H1", "2026"
    last_month: Mapped[str] = mapped_column(String(7))  # the month with which the period ends: "2026-09"
    base_on: Mapped[date]
    due_on: Mapped[date]
    provisional: Mapped[bool]
    calendar_version: Mapped[str]
    basis: Mapped[str] = mapped_column(String(8))  # table, formula, override
    filed_on: Mapped[date | None]
    accepted_on: Mapped[date | None]
    amended_on: Mapped[date | None]
    amended_cause: Mapped[str] = mapped_column(String(8), default="")  # own, client
    amended_note: Mapped[str] = mapped_column(default="")
    waived_on: Mapped[date | None]
    waived_reason: Mapped[str] = mapped_column(default="")
    zero: Mapped[bool] = mapped_column(default=False)
    payable: Mapped[Money | None]  # fen
    receipts: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # [{name, sha256, size}]
    source: Mapped[str] = mapped_column(String(8), default="")  # typed, imported; "" while only planned
    recorded_by: Mapped[UUID | None]
    recorded_at: Mapped[datetime | None]
    planned_at: Mapped[datetime]

    @property
    def is_open(self) -> bool:
        """Still to be accepted."""
        return self.accepted_on is None and self.waived_on is None

    @property
    def is_untouched(self) -> bool:
        """Only planned: nothing was handed in, and nobody waived it."""
        return self.filed_on is None and self.waived_on is None


class FilingSwitch(FirmRow):
    """From a month on a client hands this return in so often ("" is never), whatever its profile says."""

    __tablename__ = "filing_switches"
    __table_args__ = (
        UniqueConstraint("firm_id", "client_id", "code", "from_month"),
        belongs_to("clients", "client_id"),
    )
    client_id: Mapped[UUID]
    code: Mapped[str] = mapped_column(String(24))
    every: Mapped[str] = mapped_column(String(8))  # month, quarter, half, year; "" is never
    from_month: Mapped[str] = mapped_column(String(7))  # the first period's last month is this or a later one
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]


class DueDay(FirmRow):
    """What was done about one client's returns of one due day: the task, the last reminder, the escalation."""

    __tablename__ = "filing_due_days"
    __table_args__ = (
        UniqueConstraint("firm_id", "client_id", "due_on"),
        belongs_to("clients", "client_id"),
    )
    client_id: Mapped[UUID]
    due_on: Mapped[date]
    reminded: Mapped[int | None]  # working days ahead of the last reminder: 10, 5, 3, 1
    escalated_at: Mapped[datetime | None]


class DocumentsIn(FirmRow):
    """收票: the day on which all documents of a client's month were handed to us."""

    __tablename__ = "documents_in"
    __table_args__ = (
        UniqueConstraint("firm_id", "client_id", "month"),
        CheckConstraint(r"month ~ '^\d{4}-(0[1-9]|1[0-2])$'", name="a_month"),
        belongs_to("clients", "client_id"),
    )
    client_id: Mapped[UUID]
    month: Mapped[str] = mapped_column(String(7))
    received_on: Mapped[date]
    recorded_by: Mapped[UUID | None]
    recorded_at: Mapped[datetime]
