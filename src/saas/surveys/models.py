"""Questionnaires sent by link; the latest answer counts, earlier ones are kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.surveys.inbox_models import AnswerTag, ClientNote, FollowUp, NoteRecipient, SurveyTag
from saas.surveys.questionnaire_models import Questionnaire

__all__ = [
    "AnswerTag",
    "ClientNote",
    "FollowUp",
    "NoteRecipient",
    "Questionnaire",
    "Survey",
    "SurveyAnswer",
    "SurveyTag",
]


class Survey(FirmRow):
    """One request for an opinion.

    Asked are the rows with `sent_at`, answered those with `answered_at`: their quotient is the response rate. A link
    that is only opened changes nothing here. `subject_kind` is "case", "refund" or "client" (then `subject_id` is the
    client's); `handler_id` is whose work is judged.
    """

    __tablename__ = "surveys"
    __table_args__ = (
        Index("ix_surveys_subject", "firm_id", "subject_id"),
        Index("ix_surveys_contact", "firm_id", "contact_id", "created_at"),
        Index(
            "ix_surveys_sent", "firm_id", "sent_at", postgresql_include=["answered_at", "client_id", "handler_id"]
        ),
        Index(
            "uq_surveys_period", "firm_id", "questionnaire", "contact_id", "period", unique=True,
            postgresql_where=text("period <> ''"),
        ),
        belongs_to("clients", "client_id"),
        belongs_to("contacts", "contact_id"),
    )  # fmt: skip
    client_id: Mapped[UUID]
    contact_id: Mapped[UUID | None]
    subject_kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[UUID]
    handler_id: Mapped[UUID | None]
    questionnaire: Mapped[str] = mapped_column(String(24), default="", server_default="")  # the key
    version: Mapped[int] = mapped_column(default=0, server_default="0")
    occasion: Mapped[str] = mapped_column(String(16), default="", server_default="")
    period: Mapped[str] = mapped_column(String(8), default="", server_default="")  # of a sample: "2026Q4", "2026"
    subject: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")  # as it was worded
    intro: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    # As they were asked: [{name, kind, text: {zh, en}, short: {zh, en}, options: [{value, zh, en}], required}].
    # Kinds: "1-5" satisfaction (CSAT), "0-10" recommendation (NPS), "1-7" effort (CES, 7 is hard), "choice", "text".
    questions: Mapped[list[dict[str, Any]]]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]  # of the latest answer


class SurveyAnswer(FirmRow):
    """One submission; never changed, a later one stands beside it and counts instead.

    `values` is {name of the question: value}: an integer for the three scales, the option's value for a choice, the
    words for a text; a question left open is not there. The kind of each name stands in Survey.questions.
    """

    __tablename__ = "survey_answers"
    __table_args__ = (
        Index("ix_survey_answers_survey", "firm_id", "survey_id", "at"),
        Index("ix_survey_answers_at", "firm_id", "at"),
        belongs_to("surveys", "survey_id"),
        {"info": {"append_only": True}},
    )
    survey_id: Mapped[UUID]
    at: Mapped[datetime]
    values: Mapped[dict[str, Any]]  # {"satisfaction": 5}
    text: Mapped[str] = mapped_column(default="")  # in their own words, asked by every questionnaire
    low: Mapped[bool] = mapped_column(default=False, server_default=false())  # questions.is_low of any value
