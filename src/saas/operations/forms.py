"""What is typed into the console and into a firm's usage and support pages."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

Sentence = Annotated[str, Meta(min_length=5, max_length=500)]
Yes = Literal["", "yes"]


class GivePlan(Struct):
    """Numbers agreed with this firm alone stand in the fields; empty ones follow the plan."""

    plan: Annotated[str, Meta(min_length=1, max_length=40)]
    members: int | None = None
    clients: int | None = None
    storage_mb: int | None = None
    mails: int | None = None


class Suspend(Struct):
    reason: Sentence


class Close(Struct):
    slug: str  # typed again: the act of somebody who means it


class AskSupport(Struct):
    reason: Sentence
    hours: Annotated[int, Meta(ge=1, le=72)]
    writes: Yes = ""


class Grant(Struct):
    writes: Yes = ""


class WantPlan(Struct):
    plan: Annotated[str, Meta(min_length=1, max_length=40)]
    note: Annotated[str, Meta(max_length=500)] = ""


class Retry(Struct):
    job_id: UUID | None = None  # one job; none: all of the firm's
