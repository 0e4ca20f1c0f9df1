"""What teams contribute to the proof of separated duties: the three signatures of a handover, from the trail alone."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.audit import AuditEntry
from saas.kernel.duties import Breach, apart

GIVES, TAKES, WATCHES = "handover.hand_over", "handover.receive", "handover.supervise"


async def proved(session: AsyncSession, trail: Sequence[AuditEntry]) -> list[Breach]:
    """Three people sign a handover; after it was put right all three sign anew."""
    return apart(
        trail,
        "three_signatures",
        prepares={GIVES, TAKES},
        decides={TAKES, WATCHES},
        begins_anew={"handover.revise"},
    )
