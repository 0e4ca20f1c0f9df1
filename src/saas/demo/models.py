"""How far the demo firm's story has been replayed, so that an interrupted load goes on where it stopped."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow


class DemoStep(FirmRow):
    """One step of the replay that was made; its key is the same in every load."""

    __tablename__ = "demo_steps"
    __table_args__ = (UniqueConstraint("firm_id", "key"), {"info": {"stays": True}})
    key: Mapped[str] = mapped_column(String(120))  # "story/position"
    at: Mapped[datetime]  # the time at which it was replayed
    outcome: Mapped[str] = mapped_column(String(8), default="done")  # done, refused
    reason: Mapped[str] = mapped_column(default="")  # of a refusal, as the page said it
    known: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what later steps of the story need: {"case": id}
