"""What is watched: signals somebody should look at, and closed refunds read again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.kernel.i18n import Text


class Signal(FirmRow):
    """Something about a refund that somebody should look at; looked at once, with words."""

    __tablename__ = "refund_signals"
    __table_args__ = (
        UniqueConstraint("firm_id", "refund_id", "kind", "about"),
        Index("ix_refund_signals_unseen", "firm_id", "refund_id", postgresql_where=text("seen_at IS NULL")),
        belongs_to("refunds", "refund_id"),
    )
    refund_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(24))
    about: Mapped[str] = mapped_column(String(36), default="")  # which account, where a refund may have had several
    text: Mapped[Text]
    at: Mapped[datetime]
    seen_by: Mapped[UUID | None]
    seen_at: Mapped[datetime | None]
    remark: Mapped[str] = mapped_column(default="")


class QualityCheck(FirmRow):
    """A closed refund drawn at random and read again by somebody who had no part in it."""

    __tablename__ = "refund_quality_checks"
    __table_args__ = (UniqueConstraint("firm_id", "refund_id"), belongs_to("refunds", "refund_id"))
    refund_id: Mapped[UUID]
    drawn_at: Mapped[datetime]
    checked_by: Mapped[UUID | None]
    checked_at: Mapped[datetime | None]
    result: Mapped[str] = mapped_column(String(8), default="")  # good, fault
    about: Mapped[list[str]] = mapped_column(default=list)  # what was wrong: keys of saas.refunds.watch.quality.FAULTS
    remark: Mapped[str] = mapped_column(default="")
