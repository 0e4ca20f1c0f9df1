"""A drill, what was hidden in its sandbox and found again, who took part, and the plan for the year.

These rows stay in the real firm: a sandbox never holds the answers.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.kernel.i18n import Text
from saas.kernel.identifiers import uuid7
from saas.kernel.stages import Stateful
from saas.kernel.workflow import Deed

BOOKS = "books"  # the scenario that is no playbook's: errors in the books
STAYS = {"info": {"stays": True}}
REVEALED = {"info": {"stays": True, "append_only": True}}  # what came out of a drill never changes


class Drill(Stateful):
    """One drill: planned → preparing → running → scoring → scored → erased; failed and cancelled beside it.

    `score` is detected ÷ injected, kept as the two numbers. Until it is scored, what was injected stands only in
    `sealed`, encrypted: neither participants nor planner can read it.
    """

    __tablename__ = "drills"
    __table_args__ = (
        UniqueConstraint("firm_id", "number"),
        Index("ix_drills_state", "firm_id", "state"),
        CheckConstraint("limit_minutes BETWEEN 5 AND 2400", name="a_limit"),
        CheckConstraint("detected <= injected AND handled <= injected AND false_alarms >= 0", name="a_possible_score"),
        CheckConstraint("state NOT IN ('scored', 'erased') OR scored_at IS NOT NULL", name="scored_by_counting"),
        CheckConstraint("scored_at IS NOT NULL OR detected = 0", name="no_score_before_it_is_counted"),
        CheckConstraint("state <> 'erased' OR erased_at IS NOT NULL", name="erased_is_proved"),
        belongs_to("drill_plans", "plan_id"),
        STAYS,
    )
    number: Mapped[str] = mapped_column(String(20))  # YL-2026-0001
    title: Mapped[str]
    scenario: Mapped[str] = mapped_column(String(40))  # BOOKS, or a playbook's key
    clients: Mapped[list[str]]  # ids of those whose data go along
    kinds: Mapped[dict[str, Any]] = mapped_column(default=dict)  # {kind of error: how many}
    participants: Mapped[list[str]]  # member ids
    begins_at: Mapped[datetime | None]  # by itself at this time; null: by hand
    limit_minutes: Mapped[int]
    plan_id: Mapped[UUID | None]
    planned_by: Mapped[UUID]
    sandbox_id: Mapped[UUID | None]
    sandbox_slug: Mapped[str] = mapped_column(String(40), default="")
    # FieldCipher, context `place`: scoring.Key as JSON
    sealed: Mapped[str] = mapped_column(default="", info={"sealed": "sealed"})
    copied_at: Mapped[datetime | None]  # what the copied rows knew then, the real firm knew
    copied_rows: Mapped[int] = mapped_column(default=0)
    failure: Mapped[Text | None]
    started_at: Mapped[datetime | None]  # the sandbox is open
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]  # null: the time limit
    declared_at: Mapped[datetime | None]  # of the incident that the team declared in the sandbox
    contained_at: Mapped[datetime | None]
    injected: Mapped[int] = mapped_column(default=0)
    detected: Mapped[int] = mapped_column(default=0)
    handled: Mapped[int] = mapped_column(default=0)
    false_alarms: Mapped[int] = mapped_column(default=0)
    scored_at: Mapped[datetime | None]
    erased: Mapped[dict[str, Any]] = mapped_column(default=dict)  # rows by table, files, letters that were removed
    remaining: Mapped[dict[str, Any]] = mapped_column(default=dict)  # counted afterwards in every table: all 0
    erased_at: Mapped[datetime | None]
    lessons: Mapped[str] = mapped_column(default="")

    @property
    def place(self) -> str:
        return f"{self.firm_id}:{self.__tablename__}.sealed:{self.id}"

    @property
    def ends_at(self) -> datetime | None:
        return self.started_at + timedelta(minutes=self.limit_minutes) if self.started_at is not None else None

    @property
    def in_books(self) -> bool:
        return self.scenario == BOOKS

    def takes_part(self, member_id: UUID | None) -> bool:
        return str(member_id) in self.participants

    def begin(self, deed: Deed) -> None:
        """A job copies the firm. The sandbox's id is known before, so that what a broken try left can be erased."""
        self.failure = None
        self.sandbox_id = self.sandbox_id or uuid7()

    def open(self, deed: Deed) -> None:
        self.started_at = deed.now

    def fail(self, deed: Deed) -> None:
        self.failure = deed.form.why
        self.sealed = ""
        deed.detail["reason"] = str(deed.form.why)

    def finish(self, deed: Deed) -> None:
        self.ended_at, self.ended_by = deed.now, deed.actor.id

    def score(self, deed: Deed) -> None:
        counted = deed.form
        self.detected, self.handled, self.false_alarms = counted.detected, counted.handled, counted.false_alarms
        self.declared_at, self.contained_at = counted.declared_at, counted.contained_at
        self.scored_at = deed.now

    def cancel(self, deed: Deed) -> None:
        self.sealed = ""
        deed.detail["reason"] = deed.form.reason if deed.form is not None else ""

    def erase(self, deed: Deed) -> None:
        self.erased_at, self.sealed = deed.now, ""

    def learn(self, deed: Deed) -> None:
        self.lessons = deed.form.lessons
        deed.detail["reason"] = deed.form.lessons[:300]


class DrillError(FirmRow):
    """One error that had been injected, revealed by the scoring: where it was, who found it, and when."""

    __tablename__ = "drill_errors"
    __table_args__ = (
        UniqueConstraint("firm_id", "drill_id", "position"),
        CheckConstraint("handled_at IS NULL OR detected_at IS NOT NULL", name="handled_after_found"),
        belongs_to("drills", "drill_id"),
        belongs_to("clients", "client_id"),
        REVEALED,
    )
    drill_id: Mapped[UUID]
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(32))
    client_id: Mapped[UUID]
    period: Mapped[str] = mapped_column(String(7))
    vouchers: Mapped[list[str]]
    rules: Mapped[list[str]]
    right: Mapped[list[dict[str, Any]]]  # [{account, name, aux, debit, credit}] in fen: as it should stand
    detected_at: Mapped[datetime | None]
    detected_by: Mapped[str] = mapped_column(default="")  # name
    handled_at: Mapped[datetime | None]


class DrillPart(FirmRow):
    """What one person did in a drill."""

    __tablename__ = "drill_parts"
    __table_args__ = (
        UniqueConstraint("firm_id", "drill_id", "member_id"),
        belongs_to("drills", "drill_id"),
        belongs_to("memberships", "member_id"),
        REVEALED,
    )
    drill_id: Mapped[UUID]
    member_id: Mapped[UUID]
    name: Mapped[str]
    first_at: Mapped[datetime | None]  # of the first deed in the sandbox
    deeds: Mapped[int]
    detected: Mapped[int]
    false_alarms: Mapped[int]


class DrillPlan(FirmRow):
    """A drill that comes back every so many months; its keeper is reminded in time."""

    __tablename__ = "drill_plans"
    __table_args__ = (
        CheckConstraint("every_months BETWEEN 1 AND 24", name="an_interval"),
        Index("ix_drill_plans_next", "firm_id", "next_on"),
        belongs_to("memberships", "keeper_id"),
        STAYS,
    )
    title: Mapped[str]
    scenario: Mapped[str] = mapped_column(String(40))
    every_months: Mapped[int]
    next_on: Mapped[date]
    keeper_id: Mapped[UUID]
    reminded_for: Mapped[date | None]  # the day whose reminder was given
    ended_at: Mapped[datetime | None]

    @property
    def subject_client_id(self) -> None:
        """No client's timeline shows it."""
