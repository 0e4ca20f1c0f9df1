"""What stands around every page of a firm: its logo and the bell, in one query."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms import queries
from saas.kernel.access import Actor


async def around(session: AsyncSession, actor: Actor) -> dict[str, Any]:
    code, digest, unread = await queries.around(session, actor)
    return {"notifications": unread, "firm_logo": queries.picture_path(code, digest)}
