"""What people send to the pages of training."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

Reason = Annotated[str, Meta(max_length=500)]


class Withdraw(Struct):
    reason: Reason


class Reopen(Struct):
    member_id: UUID
    reason: Reason
