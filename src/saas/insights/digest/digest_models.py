"""A week's digest, frozen when it is first told, and whom it was told to."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to


class WeekDigest(FirmRow):
    """`content` as digest/gathering.py writes it: figures, alarms by id, and what was late."""

    __tablename__ = "week_digests"
    __table_args__ = (
        UniqueConstraint("firm_id", "week"),
        CheckConstraint("week ~ '^[0-9]{4}-W[0-9]{2}$'", name="week"),
        {"info": {"append_only": True}},
    )
    week: Mapped[str] = mapped_column(String(8))  # "2026-W48", as ISO counts weeks
    made_at: Mapped[datetime]
    content: Mapped[dict[str, Any]]


class DigestReader(FirmRow):
    """One member who was told of it, and when they had read it."""

    __tablename__ = "digest_readers"
    __table_args__ = (
        UniqueConstraint("firm_id", "digest_id", "member_id"),
        belongs_to("week_digests", "digest_id"),
        belongs_to("memberships", "member_id"),
    )
    digest_id: Mapped[UUID]
    member_id: Mapped[UUID]
    told_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
