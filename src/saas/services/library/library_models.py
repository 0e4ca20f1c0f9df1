"""Answers with their legal basis and phrases for talks, both languages, looked at again once a year."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to


class Snippet(FirmRow):
    """An answer (with the law it rests on) or a phrase. `about` is the question or the situation."""

    __tablename__ = "library_snippets"
    __table_args__ = (
        Index("uq_library_snippets_key", "firm_id", "key", unique=True, postgresql_where=text("key <> ''")),
    )
    key: Mapped[str] = mapped_column(String(40), default="")
    kind: Mapped[str] = mapped_column(String(8))  # answer, phrase
    about: Mapped[dict[str, Any]]
    text: Mapped[dict[str, Any]]
    basis: Mapped[str] = mapped_column(default="")
    tags: Mapped[list[str]] = mapped_column(default=list)
    mark: Mapped[str] = mapped_column(String(1), default="K")
    owner_id: Mapped[UUID | None]
    review_on: Mapped[date]
    reviewed_by: Mapped[UUID | None]
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class SnippetUse(FirmRow):
    """Somebody took it, once a day each: what is used most stands first."""

    __tablename__ = "library_uses"
    __table_args__ = (
        UniqueConstraint("firm_id", "snippet_id", "member_id", "on_day"),
        belongs_to("library_snippets", "snippet_id"),
        {"info": {"append_only": True}},
    )
    snippet_id: Mapped[UUID]
    member_id: Mapped[UUID]
    on_day: Mapped[date]
