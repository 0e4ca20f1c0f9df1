"""What the firm says of its people beyond their roles: who needs a second factor to approve."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.choices import second_factor_roles
from saas.firms.queries import firm, profile
from saas.kernel.access import Actor


async def second_factor_required(session: AsyncSession, actor: Actor) -> bool:
    """Whether the firm asks one of this member's roles for it."""
    wanted = second_factor_roles(await profile(session), (await firm(session)).kind)
    return bool(actor.roles & set(wanted))
