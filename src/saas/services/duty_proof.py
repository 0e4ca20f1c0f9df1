"""What services contribute to the proof of separated duties: offers to clients, from the trail alone."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.audit import AuditEntry
from saas.kernel.duties import Breach, apart


async def proved(session: AsyncSession, trail: Sequence[AuditEntry]) -> list[Breach]:
    """Whoever put a plan for a client together does not approve it."""
    return apart(trail, "own_proposal", prepares={"proposal.start"}, decides={"proposal.approve"})
