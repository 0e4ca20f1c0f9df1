"""What improvement contributes to the proof of separated duties: changes and actions, from the trail alone."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.audit import AuditEntry
from saas.kernel.duties import Breach, apart


async def proved(session: AsyncSession, trail: Sequence[AuditEntry]) -> list[Breach]:
    """Whoever proposed a change does not approve it; whoever finished an action does not judge whether it helped."""
    changes = apart(
        trail, "own_change", prepares={"change.propose"}, decides={"change.approve", "change.keep", "change.send_back"}
    )
    actions = apart(
        trail,
        "own_action",
        prepares={"improvement.finish"},
        decides={"improvement.helped", "improvement.did_not_help"},
        begins_anew={"improvement.hand_to"},
    )
    return changes + actions
