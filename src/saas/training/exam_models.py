"""What is sat: lessons read, attempts with their frozen questions and answers, and certificates."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.training.course_models import BOTH


class LessonRead(FirmRow):
    """A member read a lesson; kept by its name, so that a corrected lesson need not be read again."""

    __tablename__ = "lesson_reads"
    __table_args__ = (
        UniqueConstraint("firm_id", "member_id", "course_id", "slug"),
        belongs_to("courses", "course_id"),
        belongs_to("memberships", "member_id"),
    )
    member_id: Mapped[UUID]
    course_id: Mapped[UUID]
    slug: Mapped[str] = mapped_column(String(60))
    version_id: Mapped[UUID]
    read_at: Mapped[datetime]


class Attempt(FirmRow):
    """One sitting of an exam; open while `handed_in_at` is empty. Its version and questions were fixed at the start."""

    __tablename__ = "exam_attempts"
    __table_args__ = (
        Index(
            "uq_exam_attempts_open",
            "firm_id",
            "member_id",
            "course_id",
            unique=True,
            postgresql_where=text("handed_in_at IS NULL"),
        ),
        Index("ix_exam_attempts_course", "firm_id", "course_id", "handed_in_at"),
        belongs_to("courses", "course_id"),
        belongs_to("course_versions", "version_id"),
        belongs_to("memberships", "member_id"),
    )
    member_id: Mapped[UUID]
    course_id: Mapped[UUID]
    version_id: Mapped[UUID]
    number: Mapped[int]  # the member's nth attempt at this course; 1 is the first try
    seed: Mapped[int]  # what was drawn and shuffled with
    started_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]  # None: no time limit
    handed_in_at: Mapped[datetime | None]
    timed_out: Mapped[bool] = mapped_column(default=False)  # handed in by the clock with what was saved
    points: Mapped[int] = mapped_column(default=0)  # hundredths: each question has 100, however it is marked
    full: Mapped[int] = mapped_column(default=0)
    percent: Mapped[int] = mapped_column(default=0)  # rounded down: 79.9 is not 80
    passed: Mapped[bool] = mapped_column(default=False)


class ExamItem(FirmRow):
    """One drawn question of an attempt: the order its parts are shown in, what was answered and how it was marked."""

    __tablename__ = "exam_items"
    __table_args__ = (
        UniqueConstraint("firm_id", "attempt_id", "position"),
        Index("ix_exam_items_key", "firm_id", "course_id", "question_key"),
        belongs_to("exam_attempts", "attempt_id"),
        belongs_to("course_questions", "question_id"),
    )
    attempt_id: Mapped[UUID]
    course_id: Mapped[UUID]
    question_id: Mapped[UUID]  # of a published version, which cannot change
    question_key: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]
    order: Mapped[list[int]]  # shown position -> place in the question's options
    answer: Mapped[dict[str, Any]] = mapped_column(default=dict)  # by kind; {} unanswered
    saved_at: Mapped[datetime | None]
    points: Mapped[int | None]  # of 100; None until handed in
    feedback: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # stored Texts, for vouchers and scenarios


class Reopening(FirmRow):
    """A trainer gave a member one more attempt."""

    __tablename__ = "exam_reopenings"
    __table_args__ = (
        Index("ix_exam_reopenings_member", "firm_id", "member_id", "course_id"),
        belongs_to("courses", "course_id"),
        belongs_to("memberships", "member_id"),
        {"info": {"append_only": True}},
    )
    member_id: Mapped[UUID]
    course_id: Mapped[UUID]
    reason: Mapped[str]
    by_id: Mapped[UUID]
    at: Mapped[datetime]


class Certificate(FirmRow):
    """That a member passed a course: numbered without gaps, with a code anybody can verify."""

    __tablename__ = "certificates"
    __table_args__ = (
        UniqueConstraint("firm_id", "attempt_id"),
        UniqueConstraint("firm_id", "year", "number"),
        UniqueConstraint("firm_id", "code_hash"),
        Index("ix_certificates_member", "firm_id", "member_id", "course_id", "valid_until"),
        belongs_to("exam_attempts", "attempt_id"),
        belongs_to("courses", "course_id"),
        belongs_to("course_versions", "version_id"),
        belongs_to("memberships", "member_id"),
    )
    member_id: Mapped[UUID]
    course_id: Mapped[UUID]
    version_id: Mapped[UUID]
    attempt_id: Mapped[UUID]
    year: Mapped[int]
    number: Mapped[int]
    code: Mapped[str] = mapped_column(String(60))  # printed, so no secret; its hash finds it
    code_hash: Mapped[str] = mapped_column(String(64))
    member_name: Mapped[str]  # as on the paper
    title: Mapped[BOTH]
    version_number: Mapped[int]
    percent: Mapped[int]
    credits: Mapped[int]
    qualifications: Mapped[list[str]] = mapped_column(default=list)
    issued_at: Mapped[datetime]
    valid_until: Mapped[date]  # the last valid day
    file_sha256: Mapped[str] = mapped_column(String(64), default="")  # the PDF, once it is printed
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]
    withdrawn_why: Mapped[str] = mapped_column(default="")

    def is_valid(self, on: date) -> bool:
        return self.withdrawn_at is None and self.valid_until >= on
