"""Every SELECT on people, sessions and memberships."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import Membership, Person, SignInAttempt
from saas.kernel import tenancy
from saas.kernel.directory import Firm

WINDOW = timedelta(hours=1)


async def person_by_email(session: AsyncSession, email: str) -> Person | None:
    person: Person | None = await session.scalar(select(Person).where(Person.email == email.strip().lower()))
    return person


async def recent_failures(session: AsyncSession, key: str, now: datetime) -> int:
    """Failed sign-in steps of this account or address within the last hour."""
    query = select(func.count()).where(SignInAttempt.key == key, SignInAttempt.at > now - WINDOW)
    return await session.scalar(query) or 0


async def firms_of(session: AsyncSession, person_id: UUID) -> Sequence[tuple[Membership, Firm]]:
    """The firms a person works in, longest membership first. Runs in the person's scope."""
    query = (
        select(Membership, Firm)
        .join(Firm, Firm.id == Membership.firm_id)
        .where(Membership.person_id == person_id, Membership.left_at.is_(None), Firm.closed_at.is_(None))
        .order_by(Membership.joined_at)
    )
    return [(member, firm) for member, firm in (await session.execute(query)).all()]


async def members(session: AsyncSession) -> Sequence[Membership]:
    """Everyone who works in the current firm now, by name."""
    query = (
        select(Membership)
        .where(Membership.firm_id == tenancy.current_firm_id(), Membership.left_at.is_(None))
        .order_by(Membership.name)
    )
    return (await session.scalars(query)).all()


async def members_by_id(session: AsyncSession) -> dict[UUID, Membership]:
    """Everyone who ever worked in the current firm, so that old records keep their names."""
    query = select(Membership).where(Membership.firm_id == tenancy.current_firm_id())
    return {m.id: m for m in (await session.scalars(query)).all()}
