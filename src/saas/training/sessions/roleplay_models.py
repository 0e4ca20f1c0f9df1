"""A talk that was played and scored by a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to


class RolePlay(FirmRow):
    """One talk of one member in a team session, scored by somebody else by the rubric of that day; it stays as it is.

    `marks` is [{"name": {"zh", "en"}, "points": 0…4, "most": 4}].
    """

    __tablename__ = "role_plays"
    __table_args__ = (
        UniqueConstraint("firm_id", "session_id", "member_id", "scenario"),
        CheckConstraint("scored_by <> member_id", name="scored_by_another"),
        belongs_to("team_sessions", "session_id"),
        belongs_to("memberships", "member_id"),
        belongs_to("memberships", "scored_by"),
        {"info": {"append_only": True}},
    )
    session_id: Mapped[UUID]
    member_id: Mapped[UUID]  # who talked
    scenario: Mapped[str] = mapped_column(String(40))  # a key of tenants/_starter/role_plays.toml
    title: Mapped[dict[str, Any]]
    marks: Mapped[list[dict[str, Any]]]
    remark: Mapped[str] = mapped_column(default="")  # what went well, and what to do differently
    scored_by: Mapped[UUID]
    scored_at: Mapped[datetime]

    @property
    def percent(self) -> int:
        """Of the points that could be had, rounded down."""
        most = sum(mark["most"] for mark in self.marks)
        return 100 * sum(mark["points"] for mark in self.marks) // most if most else 0
