"""The one table behind every task, follow-up and reminder. My work, load and escalation read only this."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.kernel.i18n import Text


class Task(FirmRow):
    """Something somebody has to do by a time. Those with `workflow` follow a record's state, one open row a record."""

    __tablename__ = "tasks"
    __table_args__ = (
        Index("ix_tasks_open", "firm_id", "assignee_id", "due_at", postgresql_where=text("done_at IS NULL")),
        Index("ix_tasks_subject", "firm_id", "subject_id"),
        Index(
            "uq_tasks_step",
            "firm_id",
            "subject_id",
            unique=True,
            postgresql_where=text("done_at IS NULL AND workflow <> ''"),
        ),
        belongs_to("clients", "client_id"),
        belongs_to("memberships", "assignee_id"),
        belongs_to("memberships", "covered_id"),
    )
    workflow: Mapped[str] = mapped_column(String(32), default="")
    subject_kind: Mapped[str] = mapped_column(String(16), default="")  # "case", "notice", …
    subject_id: Mapped[UUID | None]
    client_id: Mapped[UUID | None]
    title: Mapped[Text]  # ledger text and names stay as entered
    step: Mapped[Text]  # what is to be done
    url: Mapped[str]  # under the firm: "/cases/…"
    role: Mapped[str] = mapped_column(String(16), default="")  # whose turn when nobody is named
    assignee_id: Mapped[UUID | None]
    covered_id: Mapped[UUID | None]  # for whom the assignee stands in
    severity: Mapped[str] = mapped_column(String(8), default="")
    created_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    paused_since: Mapped[datetime | None]
    waits_for: Mapped[str] = mapped_column(String(16), default="")  # "client" while paused
    escalated_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None]

    def finish(self, now: datetime, by: UUID | None) -> None:
        self.done_at, self.done_by = now, by

    def is_overdue(self, now: datetime) -> bool:
        return self.due_at is not None and self.paused_since is None and self.due_at < now
