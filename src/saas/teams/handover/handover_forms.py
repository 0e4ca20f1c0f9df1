"""What a person may submit about a hand-over list."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

Section = Literal["clients", "books", "work", "keys", "papers", "other"]


class NewHandover(Struct):
    key: UUID  # made with the page: the same form sent twice makes one list
    occasion: Literal["staff", "client", "leaving", "absence"]
    from_id: UUID
    to_id: UUID
    supervisor_id: UUID
    effective_on: date
    clients: list[UUID] = []  # empty: everything the person has
    remark: Annotated[str, Meta(max_length=1000)] = ""


class LineForm(Struct):
    section: Section
    what: Annotated[str, Meta(max_length=300)]
    count: Annotated[str, Meta(max_length=40)] = ""
    note: Annotated[str, Meta(max_length=500)] = ""
    line_id: UUID | None = None  # of the line that is changed


class Reason(Struct):
    reason: Annotated[str, Meta(max_length=1000)]
