"""What a person may submit about a finding or a rule."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct, field

Reason = Annotated[str, Meta(min_length=2, max_length=2000)]


class Dismiss(Struct):
    reason: Reason


class DismissSeveral(Struct):
    reason: Reason
    finding: list[UUID] = []


class Except(Struct):
    """Always fine for this client: how far that goes, who answers for it, and until when."""

    scope: Literal["object", "account", "rule"]
    owner_id: UUID
    until: date
    reason: Reason


class ExceptSeveral(Except):
    """In one form with DismissSeveral, so its reason has a name of its own."""

    reason: Reason = field(name="why")
    finding: list[UUID] = []


class LinkCase(Struct):
    """Given by cases, never by a person: the case that took the finding up."""

    case_id: UUID
