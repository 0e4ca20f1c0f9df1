"""What the operator knows of firms (global, totals only), and the support a firm lets in (the firm's own)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import Base, FirmRow


class Operator(Base):
    """A person who looks after the product. Only `saas operator add` makes one."""

    __tablename__ = "operators"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class Subscription(Base):
    """The plan of one firm, from the catalogue of plans; `id` is the firm's. A firm without one has no limits."""

    __tablename__ = "subscriptions"
    id: Mapped[UUID] = mapped_column(ForeignKey("firms.id"), primary_key=True)
    plan: Mapped[str] = mapped_column(String(40))
    since: Mapped[date]
    ends_on: Mapped[date | None]  # the last day of a trial
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict)  # limits agreed with this firm, by measure
    wanted_plan: Mapped[str] = mapped_column(String(40), default="")  # what the firm asked for, until it is decided
    wanted_note: Mapped[str] = mapped_column(default="")
    wanted_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]


class UsageTotal(Base):
    """What one firm uses, as its own job counted it; `id` is the firm's. Numbers and names of jobs, no content."""

    __tablename__ = "usage_totals"
    id: Mapped[UUID] = mapped_column(ForeignKey("firms.id"), primary_key=True)
    measured_at: Mapped[datetime]
    members: Mapped[int]
    clients: Mapped[int]
    storage_mb: Mapped[int]
    mails: Mapped[int]  # this month
    jobs_waiting: Mapped[int]
    jobs_failing: Mapped[int]  # tried and failed, to be tried again
    jobs_dead: Mapped[int]  # given up, waiting for a person
    oldest_job_at: Mapped[datetime | None]
    mails_waiting: Mapped[int]
    mails_uncertain: Mapped[int]
    mails_failed: Mapped[int]  # within the last seven days
    stuck: Mapped[list[dict[str, Any]]] = mapped_column(
        default=list
    )  # of jobs failing or dead: id, job, attempts, error


class SupportAccess(FirmRow):
    """An operator's request to look into this firm: decided by its owner, ends by itself or by a click."""

    __tablename__ = "support_accesses"
    __table_args__ = (
        CheckConstraint("hours BETWEEN 1 AND 72", name="hours"),
        CheckConstraint("(approved_at IS NULL) = (ends_at IS NULL)", name="ends"),
        CheckConstraint("approved_at IS NULL OR refused_at IS NULL", name="decided_once"),
        Index(
            "uq_support_accesses_open",
            "firm_id",
            "operator_id",
            unique=True,
            postgresql_where=text("refused_at IS NULL AND ended_at IS NULL"),
        ),
    )
    operator_id: Mapped[UUID] = mapped_column(info={"global": True})  # a person
    operator_name: Mapped[str]
    reason: Mapped[str]
    hours: Mapped[int]
    writes: Mapped[bool] = mapped_column(default=False)  # asked for and granted; else it only reads
    asked_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    def runs(self, now: datetime) -> bool:
        return self.ends_at is not None and self.ended_at is None and now < self.ends_at
