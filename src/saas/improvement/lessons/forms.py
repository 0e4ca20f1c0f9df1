"""What a person may submit about lessons, actions and the inbox."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

Line = Annotated[str, Meta(max_length=200)]
Long = Annotated[str, Meta(max_length=4000)]
Days = Annotated[int, Meta(ge=1, le=60)]
CheckDays = Annotated[int, Meta(ge=7, le=365)]
Role = Literal["owner", "manager", "reviewer", "bookkeeper", "cashier", "trainer", "auditor"]


class NewLesson(Struct):
    """A lesson of one's own, or of something in the inbox."""

    key: UUID  # made with the page: the same form sent twice makes one
    title: Line
    learned: Long
    why_1: Line = ""
    why_2: Line = ""
    why_3: Line = ""
    why_4: Line = ""
    why_5: Line = ""
    inbox_id: UUID | None = None

    @property
    def whys(self) -> list[str]:
        return [why for why in (self.why_1, self.why_2, self.why_3, self.why_4, self.why_5) if why]


class Learned(Struct):
    learned: Long


class Branch(Struct):
    """A cause, hung on another one or on what happened."""

    text: Line
    kind: Literal["people", "process", "system", "papers", "client", "outside"]
    parent_id: UUID | None = None
    is_root: bool = False


class Share(Struct):
    days: Days = 5
    roles: list[Role] = []


class NewAction(Struct):
    title: Line
    owner_id: UUID
    due_on: date
    check_days: CheckDays = 60
    target: Line = ""  # "rule:N41"; empty: judged in words


class Done(Struct):
    note: Long


class Helped(Struct):
    reason: Long


class DidNotHelp(Struct):
    """Why not, and what is done instead."""

    reason: Long
    title: Line
    owner_id: UUID
    due_on: date


class Reason(Struct):
    reason: Long


class HandTo(Struct):
    owner_id: UUID


class Idea(Struct):
    key: UUID
    text: Long
    tags: Line = ""


class Dismiss(Struct):
    reason: Long
