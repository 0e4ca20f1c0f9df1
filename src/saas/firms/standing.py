"""What the firm says of its people beyond their roles: qualifications, and who needs a second factor to approve."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.choices import second_factor_roles
from saas.firms.models import Qualification
from saas.firms.queries import firm, profile
from saas.kernel import clock, tenancy
from saas.kernel.access import Actor


async def qualifications_of(session: AsyncSession, actor: Actor) -> frozenset[str]:
    """The codes a member holds today."""
    query = select(Qualification.code).where(
        Qualification.firm_id == tenancy.current_firm_id(),
        Qualification.member_id == actor.id,
        Qualification.valid_until >= clock.today(),
    )
    return frozenset((await session.scalars(query)).all())


async def second_factor_required(session: AsyncSession, actor: Actor) -> bool:
    """Whether the firm asks one of this member's roles for it."""
    wanted = second_factor_roles(await profile(session), (await firm(session)).kind)
    return bool(actor.roles & set(wanted))
