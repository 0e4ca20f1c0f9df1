"""What questionnaires are called, by key."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from saas.surveys.queries import newest
from saas.surveys.wording import said


async def names(session: AsyncSession) -> dict[str, str]:
    return {one.key: said(one.name) for one in await newest(session)}
