"""Questionnaires sent by link; the latest answer counts, earlier ones are kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to


class Survey(FirmRow):
    """One request for an opinion after something happened."""

    __tablename__ = "surveys"
    __table_args__ = (
        Index("ix_surveys_subject", "firm_id", "subject_id"),
        belongs_to("clients", "client_id"),
        belongs_to("contacts", "contact_id"),
    )
    client_id: Mapped[UUID]
    contact_id: Mapped[UUID | None]
    subject_kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[UUID]
    handler_id: Mapped[UUID | None]
    questions: Mapped[list[dict[str, Any]]]  # [{name, kind, text_zh, text_en}]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]


class SurveyAnswer(FirmRow):
    """One submission; never changed, a later one stands beside it."""

    __tablename__ = "survey_answers"
    __table_args__ = (
        Index("ix_survey_answers_survey", "firm_id", "survey_id"),
        belongs_to("surveys", "survey_id"),
        {"info": {"append_only": True}},
    )
    survey_id: Mapped[UUID]
    at: Mapped[datetime]
    values: Mapped[dict[str, Any]]  # {"satisfaction": 5}
    text: Mapped[str] = mapped_column(default="")
