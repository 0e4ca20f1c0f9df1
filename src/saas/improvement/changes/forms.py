"""What a person may submit about a change."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

Line = Annotated[str, Meta(max_length=200)]
Long = Annotated[str, Meta(max_length=4000)]


class Draft(Struct):
    """What is changed, why, from which day, and by which figure it is measured."""

    kind: Literal["process", "policy", "rule", "template"]
    title: Line
    problem: Long
    proposal: Long
    target: Line  # "rule:N41"
    effective_on: date
    measure_days: Annotated[int, Meta(ge=14, le=365)] = 90
    key: UUID | None = None  # of a new one: the same form sent twice makes one
    procedure_id: UUID | None = None  # whose next version says it
    lesson_id: UUID | None = None
    inbox_id: UUID | None = None


class Reason(Struct):
    reason: Long
