"""What people submit about procedures."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec

Line = Annotated[str, msgspec.Meta(max_length=200)]
Body = Annotated[str, msgspec.Meta(max_length=20_000)]


class ProcedureForm(msgspec.Struct):
    """A draft as it is written; both languages, since both are read."""

    title_zh: Line
    title_en: Line
    body_zh: Body
    body_en: Body
    effective_on: date
    key: UUID | None = None  # of a new procedure, made with the page: two posts make one
    source: Line = ""
    change: Line = ""
    rules: Line = ""
    steps: list[str] = []
    readers: list[str] = []
    read_days: Annotated[int, msgspec.Meta(ge=1, le=60)] = 5
