"""Service given free of charge, to clients or to the public."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.kernel.money import Money


class FreeService(FirmRow):
    """What was given to whom and why; a mistake is taken back, never deleted. The id is made with the page."""

    __tablename__ = "free_services"
    __table_args__ = (
        Index("ix_free_services_day", "firm_id", "on_day"),
        belongs_to("clients", "client_id"),
        belongs_to("memberships", "done_by"),
    )
    on_day: Mapped[date]
    client_id: Mapped[UUID | None]
    to_whom: Mapped[str]
    what: Mapped[str]
    why: Mapped[str] = mapped_column(String(12))  # goodwill, start_up, charity, public, trial, other
    minutes: Mapped[int]
    value: Mapped[Money]
    done_by: Mapped[UUID]
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(default="")
