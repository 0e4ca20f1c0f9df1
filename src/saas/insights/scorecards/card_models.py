"""Weights, scorecards, their lines and what the person concerned disputes."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.kernel.stages import Stateful
from saas.kernel.workflow import Deed


class ScoreWeights(FirmRow):
    """What each part of a scorecard weighs, in percent, from a day on. Of two for one day the later one counts."""

    __tablename__ = "score_weights"
    __table_args__ = (
        CheckConstraint("quality + speed + satisfaction + learning = 100", name="whole"),
        CheckConstraint("least(quality, speed, satisfaction, learning) >= 0", name="positive"),
        Index("ix_score_weights_from", "firm_id", "applies_from"),
        {"info": {"append_only": True}},
    )
    quality: Mapped[int]
    speed: Mapped[int]
    satisfaction: Mapped[int]
    learning: Mapped[int]
    applies_from: Mapped[date]
    set_at: Mapped[datetime]
    set_by: Mapped[UUID | None]  # a membership; None: the starter

    @property
    def parts(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in ("quality", "speed", "satisfaction", "learning")}


class Scorecard(Stateful):
    """One person's figures of one period, as they were counted when the card was made; open until `closes_at`.

    `total` is 0–100; None where too little was counted to judge anybody by.
    """

    __tablename__ = "scorecards"
    __table_args__ = (
        UniqueConstraint("firm_id", "member_id", "since", "until"),
        Index("ix_scorecards_period", "firm_id", "period"),
        belongs_to("memberships", "member_id"),
    )
    member_id: Mapped[UUID]
    period: Mapped[str] = mapped_column(String(12))  # 2026-Q3, 2026-10
    since: Mapped[date]
    until: Mapped[date]
    weights: Mapped[dict[str, Any]]  # by part, in percent, as they were in force on the last day
    total: Mapped[Decimal | None] = mapped_column(Numeric(5, 1))
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]  # None: the schedule
    closes_at: Mapped[datetime]
    agreed_at: Mapped[datetime | None]  # the person concerned had nothing to say against it

    def agree(self, deed: Deed) -> None:
        self.agreed_at = deed.now


class ScoreLine(FirmRow):
    """One figure of a card. What was counted never changes; a correction stands beside it."""

    __tablename__ = "score_lines"
    __table_args__ = (UniqueConstraint("firm_id", "card_id", "measure"), belongs_to("scorecards", "card_id"))
    card_id: Mapped[UUID]
    part: Mapped[str] = mapped_column(String(12))
    measure: Mapped[str] = mapped_column(String(60))
    place: Mapped[int]
    n: Mapped[int]
    value: Mapped[Decimal | None] = mapped_column(Numeric(20, 4))  # in the measure's unit
    target: Mapped[Decimal | None] = mapped_column(Numeric(20, 4))  # in force on the last day
    points: Mapped[Decimal | None] = mapped_column(Numeric(5, 1))  # 0–100; None: not counted
    corrected: Mapped[Decimal | None] = mapped_column(Numeric(5, 1))  # after a dispute
    corrected_by: Mapped[UUID | None]

    @property
    def counted(self) -> Decimal | None:
        return self.corrected if self.corrected is not None else self.points


class ScoreDispute(FirmRow):
    """The person concerned disputes a figure; a manager answers, once."""

    __tablename__ = "score_disputes"
    __table_args__ = (
        Index("ix_score_disputes_card", "firm_id", "card_id"),
        belongs_to("scorecards", "card_id"),
        belongs_to("score_lines", "line_id"),
    )
    card_id: Mapped[UUID]
    line_id: Mapped[UUID]
    reason: Mapped[str]
    raised_by: Mapped[UUID]
    raised_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(default="")
    upheld: Mapped[bool | None]  # the figure was corrected
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]
