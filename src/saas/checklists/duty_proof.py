"""What checklists contribute to the proof of separated duties: sign-offs and procedures, from the trail alone."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.audit import AuditEntry
from saas.kernel.duties import Breach, apart

SIGNS = frozenset({"checklist.sign_off", "checklist.send_back"})


async def proved(session: AsyncSession, trail: Sequence[AuditEntry]) -> list[Breach]:
    """Whoever finished a checklist does not sign it off; whoever wrote a procedure does not put it in force."""
    signed = apart(
        trail,
        "own_checklist",
        prepares={"checklist.finish"},
        decides=SIGNS,
        begins_anew={"checklist.send_back", "checklist.reopen"},
    )
    written = apart(
        trail,
        "own_procedure",
        prepares={"procedure.start", "procedures.write"},
        decides={"procedure.approve", "procedure.send_back"},
    )
    return signed + written
