"""Every SELECT on the firm's own rows."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.models import FirmProfile, Notification, WorkingHours
from saas.kernel import tenancy
from saas.kernel.access import Actor
from saas.kernel.directory import Firm


async def profile(session: AsyncSession) -> FirmProfile:
    """The acting firm's profile; every firm has one from its first minute."""
    firm_id = tenancy.current_firm_id()
    return (await session.execute(select(FirmProfile).where(FirmProfile.firm_id == firm_id))).scalar_one()


async def firm(session: AsyncSession) -> Firm:
    """The acting firm as the directory knows it."""
    return (await session.scalars(select(Firm).where(Firm.id == tenancy.current_firm_id()))).one()


async def working_hours(session: AsyncSession) -> list[WorkingHours]:
    """The firm's working hours by date, oldest first; empty means the default."""
    query = (
        select(WorkingHours).where(WorkingHours.firm_id == tenancy.current_firm_id()).order_by(WorkingHours.valid_from)
    )
    return list((await session.scalars(query)).all())


async def unread(session: AsyncSession, actor: Actor) -> int:
    query = select(func.count()).where(
        Notification.firm_id == tenancy.current_firm_id(),
        Notification.member_id == actor.id,
        Notification.read_at.is_(None),
    )
    return await session.scalar(query) or 0
