"""What a person may submit about a letter."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct


class Reason(Struct):
    reason: Annotated[str, Meta(max_length=2000)]
