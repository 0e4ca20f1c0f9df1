"""Questionnaires as the firm builds them: every change is a new version, and what was asked stays with each survey."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow


class Questionnaire(FirmRow):
    """One version. In force on a day is the highest version of its key that began by then.

    `occasion` is a key of occasions.OCCASIONS. `quiet_days`: a contact who was asked anything within so many days is
    not asked by this one. `wait_days`: between the occasion and the question; of a pulse the working days a case is
    open; of a sample the days after the period's beginning. `share`: percent of the clients drawn into a sample.
    """

    __tablename__ = "questionnaires"
    __table_args__ = (UniqueConstraint("firm_id", "key", "version"),)
    key: Mapped[str] = mapped_column(String(24))
    version: Mapped[int]
    occasion: Mapped[str] = mapped_column(String(16))
    is_on: Mapped[bool]
    valid_from: Mapped[date]
    quiet_days: Mapped[int]
    wait_days: Mapped[int] = mapped_column(default=0)
    share: Mapped[int] = mapped_column(default=100)
    name: Mapped[dict[str, Any]]  # {"zh": …, "en": …}, as all texts here
    subject: Mapped[dict[str, Any]]  # of the mail and head of the page; {title} is what it is about
    intro: Mapped[dict[str, Any]]  # the sentence before the questions
    questions: Mapped[list[dict[str, Any]]]  # questions.Question.store()
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]
