"""What training contributes to the proof of separated duties: nobody decides about their own learning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.audit import AuditEntry
from saas.kernel.duties import Breach, about_oneself
from saas.kernel.tenancy import of_this_firm
from saas.training.duty_models import Assignment, CreditEntry
from saas.training.exam_models import Reopening

DECIDES = {"training.waive": Assignment, "training.reopen": Reopening, "training.credits": CreditEntry}


async def proved(session: AsyncSession, trail: Sequence[AuditEntry]) -> list[Breach]:
    """Nobody lets themselves off a course, opens another attempt for themselves or confirms their own credits.

    Marks are given by the program; these three are the decisions people take about them.
    """
    concerned: dict[UUID, UUID] = {}
    for table in DECIDES.values():
        concerned |= await _members(session, table)
    return about_oneself(trail, "own_learning", decides=DECIDES, concerned=concerned)


async def _members(session: AsyncSession, table: Any) -> dict[UUID, UUID]:
    rows = await session.execute(select(table.id, table.member_id).where(of_this_firm(table)))
    return {row.id: row.member_id for row in rows}
