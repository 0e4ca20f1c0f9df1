"""What a firm says of its people beyond their roles: qualifications, and who needs a second factor to approve.

firms provides both; visitors and perform() ask.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.access import Actor
from saas.kernel.errors import SecondFactorNeeded

Qualifications = Callable[[AsyncSession, Actor], Awaitable[frozenset[str]]]
Requirement = Callable[[AsyncSession, Actor], Awaitable[bool]]
_qualifications: Qualifications | None = None
_requirement: Requirement | None = None


def provide_standing(qualifications: Qualifications, second_factor_required: Requirement) -> None:
    """A module that keeps qualifications and the firm's choices tells the kernel how to find them."""
    global _qualifications, _requirement
    _qualifications, _requirement = qualifications, second_factor_required


async def qualifications_of(session: AsyncSession, actor: Actor) -> frozenset[str]:
    """The codes of what this member is qualified for today. Runs in the firm's scope."""
    return await _qualifications(session, actor) if _qualifications else frozenset()


async def require_second_factor(session: AsyncSession, actor: Actor) -> None:
    """SecondFactorNeeded where the firm wants one of this member's roles to have it and they do not."""
    if actor.kind != "member" or actor.has_second_factor or _requirement is None:
        return
    if await _requirement(session, actor):
        raise SecondFactorNeeded()
