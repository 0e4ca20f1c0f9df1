"""Who stands in for whom, from one day to another."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to


class Cover(FirmRow):
    """An absence with a deputy, or only a delegation of approvals. Both days count; it ends by itself.

    It routes work and gives nobody a role. Nobody stands in for themselves, no member has two at a time, and no
    circle of deputies exists on any day (guards.sql).
    """

    __tablename__ = "team_covers"
    __table_args__ = (
        Index("ix_team_covers_days", "firm_id", "until_on"),
        CheckConstraint("deputy_id <> member_id", name="nobody_covers_themselves"),
        CheckConstraint("approver_id <> member_id", name="nobody_approves_for_themselves"),
        CheckConstraint("until_on >= from_on", name="ends_after_it_begins"),
        CheckConstraint("deputy_id IS NOT NULL OR approver_id IS NOT NULL", name="names_somebody"),
        belongs_to("memberships", "member_id"),
        belongs_to("memberships", "deputy_id"),
        belongs_to("memberships", "approver_id"),
    )
    member_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(12))  # leave, sick, training, travel; delegation: here, but not approving
    from_on: Mapped[date]
    until_on: Mapped[date]
    deputy_id: Mapped[UUID | None]  # gets what would newly be given to the member; None for a mere delegation
    approver_id: Mapped[UUID | None]  # is told of what waits for the roles both have
    note: Mapped[str] = mapped_column(default="")
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # by a click or by the clock: what the deputy has not finished is back
    ended_by: Mapped[UUID | None]

    def counts_on(self, day: date) -> bool:
        return self.ended_at is None and self.from_on <= day <= self.until_on
