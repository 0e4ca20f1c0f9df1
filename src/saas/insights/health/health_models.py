"""The rules of client health, from a day on."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped

from saas.kernel.db import FirmRow


class HealthRules(FirmRow):
    """What each term weighs in percent, what takes how many points, and from where on a client is well or at risk.

    Rows are never changed. Of two for one day the later one counts.
    """

    __tablename__ = "health_rules"
    __table_args__ = (
        CheckConstraint("cases + answers + refunds + response = 100", name="whole"),
        CheckConstraint("least(cases, answers, refunds, response) >= 0", name="positive"),
        CheckConstraint("0 <= risk_below AND risk_below <= well_from AND well_from <= 100", name="bands"),
        CheckConstraint("least(per_case, per_late, per_complaint, per_refund) >= 0", name="taken"),
        CheckConstraint("renewal_days BETWEEN 1 AND 366", name="renewal"),
        Index("ix_health_rules_from", "firm_id", "applies_from"),
        {"info": {"append_only": True}},
    )
    cases: Mapped[int]
    answers: Mapped[int]
    refunds: Mapped[int]
    response: Mapped[int]
    per_case: Mapped[int]  # points that a confirmed case of the last year takes
    per_late: Mapped[int]  # points that a case past its due time takes besides
    per_complaint: Mapped[int]
    per_refund: Mapped[int]  # points that a refund asked for in the last year takes
    well_from: Mapped[int]
    risk_below: Mapped[int]
    renewal_days: Mapped[int]  # days before its end in which a contract's renewal is due
    applies_from: Mapped[date]
    set_at: Mapped[datetime]
    set_by: Mapped[UUID]
