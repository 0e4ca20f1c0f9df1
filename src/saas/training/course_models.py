"""What is taught: courses in versions, with lessons, questions and files."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to

BOTH = dict[str, Any]  # {"zh": …, "en": …}


class Course(FirmRow):
    """A course, whatever its version. Out of use when retired: what was earned with it stays."""

    __tablename__ = "courses"
    __table_args__ = (UniqueConstraint("firm_id", "slug"),)
    slug: Mapped[str] = mapped_column(String(60))
    starter: Mapped[bool] = mapped_column(default=False)  # came with the product
    published_id: Mapped[UUID | None]  # the version in force; None before the first is published
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class CourseVersion(FirmRow):
    """One version: a draft while `published_at` is empty, afterwards unchangeable with its lessons and questions."""

    __tablename__ = "course_versions"
    __table_args__ = (
        UniqueConstraint("firm_id", "course_id", "number"),
        Index(
            "uq_course_versions_draft",
            "firm_id",
            "course_id",
            unique=True,
            postgresql_where=text("published_at IS NULL"),
        ),
        belongs_to("courses", "course_id"),
    )
    course_id: Mapped[UUID]
    number: Mapped[int]
    topic: Mapped[str] = mapped_column(String(24))
    title: Mapped[BOTH]
    summary: Mapped[BOTH]
    credits: Mapped[int] = mapped_column(default=0)  # of 继续教育
    subject: Mapped[str] = mapped_column(String(12), default="professional")  # or general: 财会〔2018〕10号
    pass_mark: Mapped[int] = mapped_column(default=80)  # percent
    asked: Mapped[int] = mapped_column(default=10)  # questions drawn for an attempt
    minutes: Mapped[int] = mapped_column(default=0)  # 0: no limit
    attempts: Mapped[int] = mapped_column(default=3)  # then a trainer opens another
    valid_months: Mapped[int] = mapped_column(default=12)
    mandatory: Mapped[bool] = mapped_column(default=False)  # for its roles from the first day
    roles: Mapped[list[str]] = mapped_column(default=list)  # assigned by role
    rules: Mapped[list[str]] = mapped_column(default=list)  # a confirmed finding of these assigns it: ["N14"]
    causes: Mapped[list[str]] = mapped_column(default=list)  # a lesson with such a cause suggests it: ["AMT"]
    qualifications: Mapped[list[str]] = mapped_column(default=list)  # what its certificate grants
    bound_to: Mapped[str] = mapped_column(String(24), default="")  # "refund_policy": asked for again by each version
    change_note: Mapped[str] = mapped_column(default="")
    made_by: Mapped[UUID | None]  # None: came with the product
    made_at: Mapped[datetime]
    published_by: Mapped[UUID | None]
    published_at: Mapped[datetime | None]


class Lesson(FirmRow):
    """One lesson of a version: Markdown in both languages."""

    __tablename__ = "course_lessons"
    __table_args__ = (
        UniqueConstraint("firm_id", "version_id", "slug"),
        belongs_to("course_versions", "version_id", ondelete="CASCADE"),
    )
    version_id: Mapped[UUID]
    position: Mapped[int]
    slug: Mapped[str] = mapped_column(String(60))
    minutes: Mapped[int] = mapped_column(default=5)
    title: Mapped[BOTH]
    body: Mapped[BOTH]


class Question(FirmRow):
    """One question of a version's bank. `key` stays the same from version to version."""

    __tablename__ = "course_questions"
    __table_args__ = (
        UniqueConstraint("firm_id", "version_id", "key"),
        belongs_to("course_versions", "version_id", ondelete="CASCADE"),
    )
    version_id: Mapped[UUID]
    position: Mapped[int]
    key: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(12))  # single several truefalse number order scenario voucher
    stem: Mapped[BOTH]
    content: Mapped[dict[str, Any]]  # by kind: training/questions/kinds.py
    why: Mapped[BOTH]
    source: Mapped[BOTH]
    hard: Mapped[int] = mapped_column(default=2)  # 1 easy … 3 hard, the writer's estimate
    origin_kind: Mapped[str] = mapped_column(String(16), default="")  # "case" or "refund" it was made of
    origin_id: Mapped[UUID | None]


class CourseFile(FirmRow):
    """A picture or a file of a course; its bytes are in the file store. Lessons name it: `![…](name.svg)`."""

    __tablename__ = "course_files"
    __table_args__ = (UniqueConstraint("firm_id", "course_id", "name"), belongs_to("courses", "course_id"))
    course_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    added_by: Mapped[UUID | None]
    added_at: Mapped[datetime]
