"""Questions to the client and every answer given: the latest counts, the earlier ones stay."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to


class Question(FirmRow):
    """One question to the client, sent by link and answered on a page."""

    __tablename__ = "questions"
    __table_args__ = (
        Index("ix_questions_case", "firm_id", "case_id"),
        belongs_to("cases", "case_id"),
        belongs_to("contacts", "contact_id"),
    )
    case_id: Mapped[UUID]
    contact_id: Mapped[UUID]
    text: Mapped[str]
    kind: Mapped[str] = mapped_column(String(8), default="text")  # text, choice, date, amount, yes_no
    choices: Mapped[list[str]] = mapped_column(default=list)
    fills: Mapped[str] = mapped_column(String(12), default="")  # the field of the case its answer is offered for
    wanted_files: Mapped[str] = mapped_column(default="")  # which papers would help
    asked_by: Mapped[UUID | None]
    asked_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    chased: Mapped[int] = mapped_column(default=0)  # reminders sent at 2, 4, 6 working days
    escalated_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="")
    answered_by: Mapped[str] = mapped_column(default="")
    answered_how: Mapped[str] = mapped_column(String(12), default="")  # link, phone, wechat, visit …
    answered_at: Mapped[datetime | None]
    files: Mapped[list[dict[str, Any]]] = mapped_column(default=list)

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.withdrawn_at is None


class QuestionAnswer(FirmRow):
    """One answer as it was given; a later one does not erase it."""

    __tablename__ = "question_answers"
    __table_args__ = (
        Index("ix_question_answers_question", "firm_id", "question_id"),
        belongs_to("questions", "question_id"),
        {"info": {"append_only": True}},
    )
    question_id: Mapped[UUID]
    text: Mapped[str]
    files: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    by_name: Mapped[str]
    how: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]
    contact_id: Mapped[UUID | None]
    link_id: Mapped[UUID | None]
    member_id: Mapped[UUID | None]  # who wrote it down, where it was not given by link
