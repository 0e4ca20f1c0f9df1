"""Two pairs of eyes on every case, its plans and its letters: what adjustments contributes to `saas audit verify`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.adjustments.models import Adjustment
from saas.cases.duties import breaches
from saas.kernel.audit import AuditEntry
from saas.kernel.duties import Breach
from saas.kernel.tenancy import of_this_firm


async def proved(session: AsyncSession, trail: Sequence[AuditEntry]) -> list[Breach]:
    """Deeds on a plan count for its case, so this stands here and not with cases, which do not know plans."""
    plans = await session.execute(select(Adjustment.id, Adjustment.case_id).where(of_this_firm(Adjustment)))
    return breaches(trail, {plan.id: plan.case_id for plan in plans})
