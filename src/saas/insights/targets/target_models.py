"""Targets of a firm: a measure, the value it should come to, and the day it applies from."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to


class KpiTarget(FirmRow):
    """`value` is in the measure's unit: 0.95 of a share, hours, days, fen, a score; 0 is a target like any other.

    None takes the target away from that day on. Rows are never changed: of two for one day the later one counts.
    """

    __tablename__ = "kpi_targets"
    __table_args__ = (
        Index("ix_kpi_targets_measure", "firm_id", "measure", "applies_from"),
        belongs_to("regulations", "regulation_id"),
        {"info": {"append_only": True}},
    )
    measure: Mapped[str] = mapped_column(String(60))
    value: Mapped[Decimal | None] = mapped_column(Numeric(20, 4))
    applies_from: Mapped[date]
    regulation_id: Mapped[UUID | None]  # the standard it rests on, an entry of the register …
    clause: Mapped[str] = mapped_column(String(60), default="", server_default="")  # … and where in it: 第十二条
    set_at: Mapped[datetime]
    set_by: Mapped[UUID | None]  # a membership; None: the starter
