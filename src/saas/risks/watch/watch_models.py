"""What was counted: hits of rules, signals and refund reasons, suggestions for people, limits and what they opened."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.kernel.money import Money


class Hit(FirmRow):
    """One thing that happened, counted once: `watch` is "rule:N12", "signal:split", "reason:price" or "cause:AMT"."""

    __tablename__ = "risk_hits"
    __table_args__ = (
        UniqueConstraint("firm_id", "watch", "subject_id"),
        Index("ix_risk_hits_watch", "firm_id", "watch", "at"),
        belongs_to("clients", "client_id"),
    )
    watch: Mapped[str] = mapped_column(String(40))
    subject_kind: Mapped[str] = mapped_column(String(16))  # "finding", "case", "refund"
    subject_id: Mapped[UUID]
    client_id: Mapped[UUID]
    url: Mapped[str]  # under the firm, where it can be read
    label: Mapped[str]  # number or object, as shown
    amount: Mapped[Money | None]
    at: Mapped[datetime]


class Suggestion(FirmRow):
    """What the figures suggest: another likelihood, or a new entry. A person decides; nothing changes by itself."""

    __tablename__ = "risk_suggestions"
    __table_args__ = (
        Index(
            "uq_risk_suggestions_open",
            "firm_id",
            "about",
            unique=True,
            postgresql_where=text("decided_at IS NULL"),
        ),
        CheckConstraint("(kind = 'entry') = (watch <> '')", name="an_entry_has_a_watch"),
        belongs_to("risks", "risk_id"),
    )
    about: Mapped[str] = mapped_column(String(40))  # the risk's id, or the watch without an entry
    kind: Mapped[str] = mapped_column(String(10))  # likelihood, entry
    risk_id: Mapped[UUID | None]
    watch: Mapped[str] = mapped_column(String(40), default="")
    likelihood: Mapped[int]
    hits: Mapped[int]  # n
    days: Mapped[int]  # over which they were counted
    opened_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    accepted: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(default="")


class Trigger(FirmRow):
    """A limit the firm set. What it counts is `kind` (saas.risks.watch.counting.KINDS); `about` narrows it."""

    __tablename__ = "risk_triggers"
    __table_args__ = (
        Index("uq_risk_triggers_key", "firm_id", "key", unique=True, postgresql_where=text("key <> ''")),
        CheckConstraint("at_least > 0 AND days > 0", name="a_limit_in_a_window"),
        belongs_to("memberships", "assignee_id"),
    )
    key: Mapped[str] = mapped_column(String(40), default="")
    name: Mapped[dict[str, Any]]
    kind: Mapped[str] = mapped_column(String(16))
    about: Mapped[str] = mapped_column(String(40), default="")  # a rule, a reason, a signal; "": each of them by itself
    at_least: Mapped[int]  # a count; fen where the kind counts money; days where it counts days
    days: Mapped[int]  # the window
    is_on: Mapped[bool] = mapped_column(default=True)
    role: Mapped[str] = mapped_column(String(16), default="manager")
    assignee_id: Mapped[UUID | None]
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]


class Firing(FirmRow):
    """A limit was reached: once in its window, with the task it opened; settled by a person, or by itself."""

    __tablename__ = "risk_firings"
    __table_args__ = (
        UniqueConstraint("firm_id", "trigger_id", "about", "day"),
        belongs_to("risk_triggers", "trigger_id"),
    )
    trigger_id: Mapped[UUID]
    about: Mapped[str] = mapped_column(String(64))
    day: Mapped[date]
    at: Mapped[datetime]
    count: Mapped[int]
    task_id: Mapped[UUID | None]
    url: Mapped[str]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[UUID | None]  # None with a time: what was counted fell below the limit again
    note: Mapped[str] = mapped_column(default="", server_default="")  # what was decided
