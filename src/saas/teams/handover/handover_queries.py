"""Every SELECT on hand-over lists."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.errors import Missing
from saas.kernel.tenancy import of_this_firm
from saas.teams.handover.handover_models import Handover, HandoverLine


async def handovers(session: AsyncSession, limit: int = 100) -> Sequence[Handover]:
    """The newest first."""
    query = select(Handover).where(of_this_firm(Handover)).order_by(Handover.made_at.desc()).limit(limit)
    return (await session.scalars(query)).all()


async def handover(session: AsyncSession, handover_id: UUID) -> Handover:
    found = await handover_or_none(session, handover_id)
    if found is None:
        raise Missing()
    return found


async def handover_or_none(session: AsyncSession, handover_id: UUID) -> Handover | None:
    found: Handover | None = await session.scalar(
        select(Handover).where(of_this_firm(Handover), Handover.id == handover_id)
    )
    return found


async def lines(session: AsyncSession, handover_id: UUID) -> Sequence[HandoverLine]:
    query = select(HandoverLine).where(of_this_firm(HandoverLine), HandoverLine.handover_id == handover_id)
    return (await session.scalars(query.order_by(HandoverLine.position, HandoverLine.id))).all()


async def line(session: AsyncSession, handover_id: UUID, line_id: UUID) -> HandoverLine:
    found = next((each for each in await lines(session, handover_id) if each.id == line_id), None)
    if found is None:
        raise Missing()
    return found


async def last_position(session: AsyncSession, handover_id: UUID) -> int:
    query = select(func.max(HandoverLine.position)).where(
        of_this_firm(HandoverLine), HandoverLine.handover_id == handover_id
    )
    return await session.scalar(query) or 0
