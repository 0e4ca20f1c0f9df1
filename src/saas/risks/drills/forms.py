"""What a person may submit about drills."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct, field

from saas.kernel.i18n import Text

Title = Annotated[str, Meta(min_length=2, max_length=120)]
Minutes = Annotated[int, Meta(ge=5, le=2400)]


class NewDrill(Struct):
    """`key` becomes the drill's id: the form sent twice plans one drill. Counts of errors are in fields `n-<kind>`."""

    key: UUID
    title: Title
    scenario: Annotated[str, Meta(max_length=40)]
    limit_minutes: Minutes
    clients: list[UUID] = field(default_factory=list)
    participants: list[UUID] = field(default_factory=list)
    begins_at: datetime | None = None
    plan_id: UUID | None = None


class NewPlan(Struct):
    title: Title
    scenario: Annotated[str, Meta(max_length=40)]
    every_months: Annotated[int, Meta(ge=1, le=24)]
    next_on: date
    keeper_id: UUID


class Reason(Struct):
    reason: Annotated[str, Meta(min_length=4, max_length=2000)]


class Lessons(Struct):
    lessons: Annotated[str, Meta(min_length=4, max_length=4000)]


class Outcome(Struct, frozen=True):
    """What was counted; written by the job."""

    detected: int
    handled: int
    false_alarms: int
    declared_at: datetime | None
    contained_at: datetime | None


class Failure(Struct):
    """Why a sandbox could not be prepared; written by the job."""

    why: Text
