"""Rules of alerts and what they found."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to


def is_quiet(hour: int, since: int, until: int) -> bool:
    """Quiet hours may run over midnight; the same hour twice means never."""
    if since <= until:
        return since <= hour < until
    return hour >= since or hour < until


class KpiAlert(FirmRow):
    """One rule: a measure over rolling days, looked at once a window, told to its owner outside the quiet hours.

    kind "limit": the figure is beyond `limit` on the `side`. kind "trend": it got worse (moved to the `side`) from
    each of the last three periods to the next.
    """

    __tablename__ = "kpi_alerts"
    __table_args__ = (
        CheckConstraint("kind IN ('limit', 'trend')", name="kind"),
        CheckConstraint("side IN ('above', 'below')", name="side"),
        CheckConstraint("(kind = 'limit') = (bound IS NOT NULL)", name="bound"),
        Index("ix_kpi_alerts_open", "firm_id", "ended_at"),
        belongs_to("memberships", "owner_id"),
    )
    measure: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(8))
    side: Mapped[str] = mapped_column(String(8))
    bound: Mapped[Decimal | None] = mapped_column(Numeric(20, 4))
    days: Mapped[int]  # of the rolling period: 30, 90
    window: Mapped[str] = mapped_column(String(8))  # day, week, month: told once within it
    owner_id: Mapped[UUID]
    quiet_from: Mapped[int]  # hour of the firm's day, 0–23; nothing is told from this hour …
    quiet_until: Mapped[int]  # … until this one; equal: there are none
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]

    def is_quiet(self, hour: int) -> bool:
        return is_quiet(hour, self.quiet_from, self.quiet_until)


class KpiAlarm(FirmRow):
    """One crossing: what was seen and when, and what its owner answered."""

    __tablename__ = "kpi_alarms"
    __table_args__ = (UniqueConstraint("firm_id", "alert_id", "window"), belongs_to("kpi_alerts", "alert_id"))
    alert_id: Mapped[UUID]
    window: Mapped[str] = mapped_column(String(10))  # 2026-11-22, 2026-W47, 2026-11
    value: Mapped[Decimal] = mapped_column(Numeric(20, 4))
    n: Mapped[int]
    at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None]
