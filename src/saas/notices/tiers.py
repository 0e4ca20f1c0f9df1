"""Tiers of clients as letters know them: a later module says which there are and whose is which (requirement A11.2)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.i18n import Text

TierOf = Callable[[AsyncSession, UUID, date], Awaitable[str]]
TIERS: dict[str, Text] = {}  # what people call them, by key
_tier_of: TierOf | None = None


def provide_tiers(labels: Mapping[str, Text], tier_of: TierOf) -> None:
    """services tells which tiers there are, and the one a client is in on a day ("" for none)."""
    global _tier_of
    TIERS.clear()
    TIERS.update(labels)
    _tier_of = tier_of


async def tier_of(session: AsyncSession, client_id: UUID, on: date) -> str:
    return await _tier_of(session, client_id, on) if _tier_of is not None else ""
