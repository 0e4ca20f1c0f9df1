"""What a firm says of its people beyond their roles: qualifications, and who needs a second factor to approve.

training provides the first (owners' words and certificates), firms the second; visitors and perform() ask.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.errors import SecondFactorNeeded
from saas.kernel.i18n import Text


@dataclass(frozen=True, slots=True)
class Standing:
    """The qualifications of one member that count on a day, and words (mostly with a way) for those they lack."""

    held: frozenset[str] = frozenset()
    lacking: Mapping[str, Text] = field(default_factory=dict)


Qualifications = Callable[[AsyncSession, Actor, date], Awaitable[Standing]]
Requirement = Callable[[AsyncSession, Actor], Awaitable[bool]]
AddressRule = Callable[[AsyncSession, str], Awaitable[Text | None]]
_qualifications: Qualifications | None = None
_requirement: Requirement | None = None
_address_rule: AddressRule | None = None


def provide_qualifications(qualifications: Qualifications) -> None:
    """The module that keeps them tells the kernel how to find them."""
    global _qualifications
    _qualifications = qualifications


def provide_second_factor(required: Requirement) -> None:
    """The module that keeps the firm's choices tells the kernel whether this member needs one to approve."""
    global _requirement
    _requirement = required


def provide_address_rule(rule: AddressRule) -> None:
    """The module that keeps the firm's choices tells the kernel which addresses its members may have."""
    global _address_rule
    _address_rule = rule


async def address_refused(session: AsyncSession, email: str) -> Text | None:
    """Why the acting firm takes nobody with this address; None where it does."""
    return await _address_rule(session, email) if _address_rule is not None else None


async def as_of(session: AsyncSession, actor: Actor, now: datetime) -> Actor:
    """The member with what they are qualified for at this moment. Runs in the firm's scope."""
    if actor.kind != "member" or _qualifications is None:
        return actor
    standing = await _qualifications(session, actor, now.astimezone(clock.CHINA).date())
    return replace(actor, qualifications=standing.held, lacking=standing.lacking)


async def require_second_factor(session: AsyncSession, actor: Actor) -> None:
    """SecondFactorNeeded where the firm wants one of this member's roles to have it and they do not."""
    if actor.kind != "member" or actor.has_second_factor or _requirement is None:
        return
    if await _requirement(session, actor):
        raise SecondFactorNeeded()
