"""How much a firm may keep by its plan: asked before something is added, never before something is read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.errors import Conflict
from saas.kernel.i18n import Text

Room = Callable[[AsyncSession, str, int], Awaitable[Text | None]]
_room: Room | None = None


def provide_limits(room: Room) -> None:
    """The module that keeps plans tells the kernel how to ask."""
    global _room
    _room = room


async def no_room(session: AsyncSession, measure: str, adding: int = 1) -> Text | None:
    """Why the firm's plan has no room for so many more members, clients, mails or storage_mb; None where it has."""
    return await _room(session, measure, adding) if _room is not None else None


async def require_room(session: AsyncSession, measure: str, adding: int = 1) -> None:
    """Conflict with the sentence, where no form is there to carry it."""
    reason = await no_room(session, measure, adding)
    if reason is not None:
        raise Conflict(reason)
