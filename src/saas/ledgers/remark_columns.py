"""Remarks and refused rows in the database: kept as texts, so that each reader gets them in their own language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

from saas.kernel.i18n import Text
from saas.ledgers.frame import Reject


def restored(stored: dict[str, Any] | str) -> Text:
    """A stored text; rows from before texts were stored hold the sentence itself, in the importer's language."""
    return Text(stored) if isinstance(stored, str) else Text.restore(stored)


class StoredRemarks(TypeDecorator[list[Text]]):
    """list[Text] as JSON [{msgid, params}]."""

    impl = JSONB
    cache_ok = True

    def process_bind_param(self, value: Sequence[Text] | None, dialect: Dialect) -> list[dict[str, Any]]:
        return [text.store() for text in value or ()]

    def process_result_value(self, value: list[dict[str, Any] | str] | None, dialect: Dialect) -> list[Text]:
        return [restored(stored) for stored in value or ()]


class StoredRejects(TypeDecorator[list[Reject]]):
    """list[Reject] as JSON [{row, reason: {msgid, params}}]."""

    impl = JSONB
    cache_ok = True

    def process_bind_param(self, value: Sequence[Reject] | None, dialect: Dialect) -> list[dict[str, Any]]:
        return [{"row": reject.row, "reason": reject.reason.store()} for reject in value or ()]

    def process_result_value(self, value: list[dict[str, Any]] | None, dialect: Dialect) -> list[Reject]:
        return [Reject(stored["row"], restored(stored["reason"])) for stored in value or ()]
