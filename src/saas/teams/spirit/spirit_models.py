"""Thanks and goals."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.kernel.i18n import Text


class Thanks(FirmRow):
    """A few words from one colleague to another, for all to read."""

    __tablename__ = "team_thanks"
    __table_args__ = (
        Index("ix_team_thanks_at", "firm_id", "at"),
        UniqueConstraint("firm_id", "key"),
        CheckConstraint("from_id <> to_id", name="nobody_thanks_themselves"),
        belongs_to("memberships", "from_id"),
        belongs_to("memberships", "to_id"),
    )
    key: Mapped[UUID]  # made with the page: the same form sent twice says it once
    from_id: Mapped[UUID]
    to_id: Mapped[UUID]
    text: Mapped[str] = mapped_column(String(500))
    about: Mapped[Text | None]  # the record it was for, as it is called
    url: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


class Goal(FirmRow):
    """One sentence the team has set out to make true by a day, and how far it is."""

    __tablename__ = "team_goals"
    __table_args__ = (UniqueConstraint("firm_id", "key"),)
    key: Mapped[UUID]
    sentence: Mapped[str] = mapped_column(String(200))
    target: Mapped[str] = mapped_column(String(100))  # "recurrence ≤ 2 %", "12"
    until_on: Mapped[date]
    progress: Mapped[str] = mapped_column(String(200), default="")
    percent: Mapped[int] = mapped_column(default=0)
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID]
    ended_at: Mapped[datetime | None]
    reached: Mapped[bool] = mapped_column(default=False)
