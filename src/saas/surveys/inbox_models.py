"""What becomes of answers: tags, a follow-up with an owner, and the note that says what was done."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to


class FollowUp(FirmRow):
    """A low answer is somebody's: one a survey, open until the reply to the client is written down."""

    __tablename__ = "survey_follow_ups"
    __table_args__ = (
        UniqueConstraint("firm_id", "survey_id"),
        Index("ix_survey_follow_ups_open", "firm_id", "replied_at", "due_at"),
        belongs_to("surveys", "survey_id"),
        belongs_to("memberships", "owner_id"),
    )
    survey_id: Mapped[UUID]
    owner_id: Mapped[UUID | None]  # nobody named: any manager
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    channel: Mapped[str] = mapped_column(String(10), default="")  # how the client was reached
    reply: Mapped[str] = mapped_column(default="")
    replied_at: Mapped[datetime | None]
    replied_by: Mapped[UUID | None]


class SurveyTag(FirmRow):
    """A theme of the firm's list. An answer whose words hold one of the keywords gets it by itself."""

    __tablename__ = "survey_tags"
    __table_args__ = (UniqueConstraint("firm_id", "key"),)
    key: Mapped[str] = mapped_column(String(40))
    name: Mapped[dict[str, Any]]
    keywords: Mapped[list[str]]
    archived_at: Mapped[datetime | None]


class AnswerTag(FirmRow):
    """A theme on the answer of one survey; `by_word` until a person says so."""

    __tablename__ = "survey_answer_tags"
    __table_args__ = (
        UniqueConstraint("firm_id", "survey_id", "tag_id"),
        Index("ix_survey_answer_tags_tag", "firm_id", "tag_id"),
        belongs_to("surveys", "survey_id"),
        belongs_to("survey_tags", "tag_id"),
    )
    survey_id: Mapped[UUID]
    tag_id: Mapped[UUID]
    by_word: Mapped[bool]
    member_id: Mapped[UUID | None]
    at: Mapped[datetime]
    removed_at: Mapped[datetime | None]  # a word does not bring it back


class ClientNote(FirmRow):
    """“You said, we did”: written once, sent to the clients whose answers it cites."""

    __tablename__ = "survey_notes"
    said: Mapped[str]
    did: Mapped[str]
    change_number: Mapped[str] = mapped_column(String(20), default="")  # of the change to practice it tells of
    written_by: Mapped[UUID | None]
    written_at: Mapped[datetime]


class NoteRecipient(FirmRow):
    """One contact gets one note once, however many of their answers it cites."""

    __tablename__ = "survey_note_recipients"
    __table_args__ = (
        UniqueConstraint("firm_id", "note_id", "contact_id"),
        Index("ix_survey_note_recipients_survey", "firm_id", "survey_id"),
        belongs_to("survey_notes", "note_id"),
        belongs_to("surveys", "survey_id"),
        belongs_to("contacts", "contact_id"),
    )
    note_id: Mapped[UUID]
    survey_id: Mapped[UUID]
    contact_id: Mapped[UUID]
    client_id: Mapped[UUID]
    delivery_id: Mapped[UUID | None]
    sent_at: Mapped[datetime | None]
