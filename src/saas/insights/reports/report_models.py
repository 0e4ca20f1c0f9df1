"""Reports that were printed, and who wants to be told of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to


class MonthlyReport(FirmRow):
    """One printed edition of a month, in both languages. The bytes stand in the file store under these hashes.

    A month that is printed again gets a further edition; the earlier ones stay as they were handed out.
    """

    __tablename__ = "monthly_reports"
    __table_args__ = (
        UniqueConstraint("firm_id", "month", "edition"),
        CheckConstraint("month ~ '^[0-9]{4}-[0-9]{2}$'", name="month"),
        {"info": {"append_only": True}},
    )
    month: Mapped[str] = mapped_column(String(7))  # "2026-10"
    edition: Mapped[int]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]  # a membership; None: the schedule
    pages: Mapped[int]
    zh_sha256: Mapped[str] = mapped_column(String(64))
    zh_size: Mapped[int]  # bytes
    en_sha256: Mapped[str] = mapped_column(String(64))
    en_size: Mapped[int]
    reached: Mapped[int]  # figures that came to their target
    missed: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # [{key, value, target, n}], as texts


class FigureSubscription(FirmRow):
    """What of the figures a member gets by mail, and when they are not to be disturbed. Without a row: nothing."""

    __tablename__ = "figure_subscriptions"
    __table_args__ = (UniqueConstraint("firm_id", "member_id"), belongs_to("memberships", "member_id"))
    member_id: Mapped[UUID]
    monthly: Mapped[bool] = mapped_column(default=False)
    weekly: Mapped[bool] = mapped_column(default=False)
    quiet_from: Mapped[int] = mapped_column(default=20)  # hour of the firm's day, as of an alert
    quiet_until: Mapped[int] = mapped_column(default=8)
    changed_at: Mapped[datetime]
