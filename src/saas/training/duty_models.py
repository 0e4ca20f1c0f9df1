"""Who has to learn what by when, what was learned together, credit hours, and what a certificate opens."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.kernel.i18n import Text
from saas.training.course_models import BOTH


class Assignment(FirmRow):
    """A member has to pass a course by a day; open until passed or waived, one open row a member and course."""

    __tablename__ = "course_assignments"
    __table_args__ = (
        Index(
            "uq_course_assignments_open",
            "firm_id",
            "member_id",
            "course_id",
            unique=True,
            postgresql_where=text("done_at IS NULL AND waived_at IS NULL"),
        ),
        Index("ix_course_assignments_due", "firm_id", "due_at", postgresql_where=text("done_at IS NULL")),
        belongs_to("courses", "course_id"),
        belongs_to("course_versions", "version_id"),
        belongs_to("memberships", "member_id"),
        belongs_to("certificates", "certificate_id"),
    )
    member_id: Mapped[UUID]
    course_id: Mapped[UUID]
    version_id: Mapped[UUID]  # the version in force when it was assigned
    why: Mapped[str] = mapped_column(String(12))  # role rule lesson policy skill regulation renewal manual
    reason: Mapped[Text | None]  # in words, for the person
    source_id: Mapped[UUID | None]  # the finding, lesson, policy, … it came from
    source_key: Mapped[str] = mapped_column(String(40), default="")  # "bookkeeper", "N14", "refund_policy:3"
    assigned_by: Mapped[UUID | None]  # None: by the product
    assigned_at: Mapped[datetime]
    due_at: Mapped[datetime]
    reminders: Mapped[int] = mapped_column(default=0)  # steps behind: 1 before, 2 on the day, then one a week
    reminded_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    certificate_id: Mapped[UUID | None]
    waived_at: Mapped[datetime | None]
    waived_by: Mapped[UUID | None]
    waived_why: Mapped[str] = mapped_column(default="")

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.waived_at is None


class TeamSession(FirmRow):
    """A training held together, planned or over; credits go to those who were there."""

    __tablename__ = "team_sessions"
    __table_args__ = (Index("ix_team_sessions_at", "firm_id", "held_at"), belongs_to("courses", "course_id"))
    title: Mapped[BOTH]
    course_id: Mapped[UUID | None]
    held_at: Mapped[datetime]
    minutes: Mapped[int]
    place: Mapped[str] = mapped_column(default="")
    led_by: Mapped[UUID | None]
    credits: Mapped[int] = mapped_column(default=0)
    subject: Mapped[str] = mapped_column(String(12), default="professional")
    notes: Mapped[str] = mapped_column(default="")  # what it was about; after it, what was found
    files: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # materials: [{name, sha256, size}]
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]  # held: attendance is final (guards.sql)
    called_off_at: Mapped[datetime | None]
    called_off_why: Mapped[str] = mapped_column(default="")

    @property
    def is_planned(self) -> bool:
        return self.closed_at is None and self.called_off_at is None


class Attendance(FirmRow):
    """A member invited to a team session, and whether they came."""

    __tablename__ = "session_attendances"
    __table_args__ = (
        UniqueConstraint("firm_id", "session_id", "member_id"),
        belongs_to("team_sessions", "session_id"),
        belongs_to("memberships", "member_id"),
    )
    session_id: Mapped[UUID]
    member_id: Mapped[UUID]
    present: Mapped[bool | None]  # None: not yet said
    noted_by: Mapped[UUID | None]
    noted_at: Mapped[datetime | None]


class CreditEntry(FirmRow):
    """Credits of 继续教育 earned in a year: by a certificate, a team session, or outside with proof.

    What was earned outside counts once somebody else has confirmed it (guards.sql).
    """

    __tablename__ = "credit_entries"
    __table_args__ = (
        UniqueConstraint("firm_id", "member_id", "source_id"),
        Index("ix_credit_entries_year", "firm_id", "member_id", "year"),
        belongs_to("memberships", "member_id"),
    )
    member_id: Mapped[UUID]
    year: Mapped[int]
    credits: Mapped[int]
    subject: Mapped[str] = mapped_column(String(12))  # professional, general
    why: Mapped[str] = mapped_column(String(12))  # certificate, session, outside
    source_id: Mapped[UUID]  # the certificate, the team session; of an outside one its own id
    title: Mapped[BOTH]
    earned_on: Mapped[date]
    file_sha256: Mapped[str] = mapped_column(String(64), default="")  # proof of an outside one
    file_name: Mapped[str] = mapped_column(String(120), default="")
    entered_by: Mapped[UUID | None]
    entered_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    counts: Mapped[bool] = mapped_column(default=False)
    refused_why: Mapped[str] = mapped_column(default="")


class PlanItem(FirmRow):
    """A line of the yearly plan: who learns what from which month on; assigned when the month begins."""

    __tablename__ = "training_plan"
    __table_args__ = (UniqueConstraint("firm_id", "year", "month", "course_id"), belongs_to("courses", "course_id"))
    year: Mapped[int]
    month: Mapped[int]
    course_id: Mapped[UUID]
    roles: Mapped[list[str]]
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]
    assigned_at: Mapped[datetime | None]


class Gate(FirmRow):
    """What this firm asks for before a deed: from a day on, until the row of a later day."""

    __tablename__ = "course_gates"
    __table_args__ = (UniqueConstraint("firm_id", "qualification", "valid_from"), belongs_to("courses", "course_id"))
    qualification: Mapped[str] = mapped_column(String(40))  # "refunds.approve"
    demand: Mapped[str] = mapped_column(String(12))  # off, either (certificate or the owner's word), certificate
    course_id: Mapped[UUID | None]  # whose certificate; None where nothing is asked
    valid_from: Mapped[date]
    set_by: Mapped[UUID | None]  # None: by the product
    set_at: Mapped[datetime]
