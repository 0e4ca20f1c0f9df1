"""Findings as kept: found once, found again on later imports, confirmed, dismissed, excepted or cured."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.kernel.i18n import Text
from saas.kernel.money import Money
from saas.kernel.stages import Stateful


class FoundAnomaly(Stateful):
    """One finding of one client. Rule + object make it the same finding on the next import."""

    __tablename__ = "findings"
    __table_args__ = (
        UniqueConstraint("firm_id", "client_id", "rule", "object"),
        Index("ix_findings_open", "firm_id", "state", "severity"),
        belongs_to("clients", "client_id"),
    )
    client_id: Mapped[UUID]
    rule: Mapped[str] = mapped_column(String(8))
    object: Mapped[str]
    severity: Mapped[str] = mapped_column(String(8))
    score: Mapped[float]
    terms: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # [{rule, weight, confidence, product}]
    message: Mapped[Text]
    vouchers: Mapped[list[str]]
    rows: Mapped[list[int]]
    period: Mapped[str | None] = mapped_column(String(7))
    account: Mapped[str | None]
    amount: Mapped[Money | None]
    compared: Mapped[dict[str, Any]]
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)  # thresholds in force when found: cure uses the same
    first_import_id: Mapped[UUID]
    last_import_id: Mapped[UUID]
    found_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]  # not found in the last check of its period
    case_id: Mapped[UUID | None]  # cases own the link; no key, since cases come later
    reason: Mapped[str] = mapped_column(default="")  # of a dismissal or exception
    decided_by: Mapped[UUID | None]
    excepted_until: Mapped[date | None]


class RuleSetting(FirmRow):
    """A firm's own switch and thresholds of a rule, from a date on; older rows say what held before."""

    __tablename__ = "rule_settings"
    __table_args__ = (UniqueConstraint("firm_id", "rule", "valid_from"),)
    rule: Mapped[str] = mapped_column(String(8))
    valid_from: Mapped[datetime]
    is_on: Mapped[bool]
    thresholds: Mapped[dict[str, Any]]
    changed_by: Mapped[UUID | None]


class CheckRun(FirmRow):
    """One run of the rules over one client's current books."""

    __tablename__ = "check_runs"
    __table_args__ = (Index("ix_check_runs_client", "firm_id", "client_id", "at"), belongs_to("clients", "client_id"))
    client_id: Mapped[UUID]
    import_id: Mapped[UUID | None]
    at: Mapped[datetime]
    first_period: Mapped[str | None] = mapped_column(String(7))
    last_period: Mapped[str | None] = mapped_column(String(7))
    line_count: Mapped[int]
    milliseconds: Mapped[int]
    new_count: Mapped[int]
    again_count: Mapped[int]
    gone_count: Mapped[int]
