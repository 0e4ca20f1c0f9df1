"""Skills with the level each role needs, and what a manager has seen of each person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to


class Skill(FirmRow):
    """Something people here must be able to do, tied to the course that teaches it."""

    __tablename__ = "team_skills"
    __table_args__ = (UniqueConstraint("firm_id", "key"),)
    key: Mapped[str] = mapped_column(String(40))
    name: Mapped[dict[str, Any]]  # {"zh": …, "en": …}
    about: Mapped[dict[str, Any]]
    course_key: Mapped[str] = mapped_column(String(60), default="")  # "" where no course teaches it
    levels: Mapped[dict[str, Any]]  # {role: 0 … 4}: what each role needs
    retired_at: Mapped[datetime | None]


class SkillMark(FirmRow):
    """A level a manager saw at work on a day; the newest counts, the earlier ones stay."""

    __tablename__ = "team_skill_marks"
    __table_args__ = (
        Index("ix_team_skill_marks", "firm_id", "member_id", "skill_id"),
        CheckConstraint("level BETWEEN 0 AND 4", name="level"),
        CheckConstraint("marked_by <> member_id", name="nobody_marks_themselves"),
        belongs_to("memberships", "member_id"),
        belongs_to("memberships", "marked_by"),
        belongs_to("team_skills", "skill_id"),
        {"info": {"append_only": True}},
    )
    member_id: Mapped[UUID]
    skill_id: Mapped[UUID]
    level: Mapped[int]
    seen_on: Mapped[date]
    note: Mapped[str] = mapped_column(default="")
    marked_by: Mapped[UUID]
    at: Mapped[datetime]
