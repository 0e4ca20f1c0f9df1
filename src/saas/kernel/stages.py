"""How long each record stood in each state, in working minutes. KPIs sum this log; they never do date arithmetic."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow
from saas.kernel.workflow import Workflow


class Stateful(FirmRow):
    """A row with a workflow. Only perform() assigns its state; its clock stands still in states that pause."""

    __abstract__ = True
    state: Mapped[str] = mapped_column(String(32), default="")
    entered_at: Mapped[datetime]  # when it entered this state
    due_at: Mapped[datetime | None]  # of the whole, pauses already added
    stage_due_at: Mapped[datetime | None]  # of this state
    calendar_version: Mapped[str] = mapped_column(default="")

    @property
    def subject_client_id(self) -> UUID | None:
        """The client whose timeline shows this record's deeds."""
        client_id: UUID | None = getattr(self, "client_id", None)
        return client_id


class StageEntry(FirmRow):
    """One stay of one record in one state; `left_at` is null while it lasts."""

    __tablename__ = "stage_log"
    __table_args__ = (
        Index("ix_stage_log_subject", "firm_id", "subject_id", "entered_at"),
        Index(
            "uq_stage_log_current",
            "firm_id",
            "subject_id",
            unique=True,
            postgresql_where=text("left_at IS NULL"),
        ),
    )
    workflow: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(String(32))
    actor_id: Mapped[UUID | None]  # who brought it here
    entered_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    working_minutes: Mapped[int | None]
    paused_minutes: Mapped[int | None]  # equals working_minutes in a state that pauses, else 0
    calendar_version: Mapped[str] = mapped_column(default="")


def stay(workflow: Workflow, row: Any, actor_id: UUID | None) -> StageEntry:
    """The entry for the state a row has just entered."""
    return StageEntry(
        workflow=workflow.name,
        subject_id=row.id,
        state=row.state,
        actor_id=actor_id,
        entered_at=row.entered_at,
        calendar_version=row.calendar_version,
    )
