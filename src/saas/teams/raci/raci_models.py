"""One row a state: roles and people who are accountable, consulted and informed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow


class Duty(FirmRow):
    """Beside the responsible one, whom the workflow's own table names and who is never kept here.

    Each list has roles ("manager") and ids of members, as text.
    """

    __tablename__ = "team_duties"
    __table_args__ = (UniqueConstraint("firm_id", "workflow", "stage"),)
    workflow: Mapped[str] = mapped_column(String(32))  # "case"
    stage: Mapped[str] = mapped_column(String(32))  # a state of it
    accountable: Mapped[list[str]] = mapped_column(default=list)
    consulted: Mapped[list[str]] = mapped_column(default=list)
    informed: Mapped[list[str]] = mapped_column(default=list)  # told when a record enters the state
    changed_by: Mapped[UUID | None]  # None: as it came with the product
    changed_at: Mapped[datetime]
