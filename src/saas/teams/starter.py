"""What a new firm begins with: duties and skills of tenants/_starter."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock
from saas.teams.raci import starter as raci
from saas.teams.skills import starter as skills


async def begin(session: AsyncSession, subject_id: str = "") -> None:
    """The job after `firm.created`; what is there already stays, so it may run again."""
    now = clock.now()
    await raci.fill(session, now)
    await skills.fill(session, now)
