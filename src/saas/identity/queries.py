"""Every SELECT on people, sessions and memberships."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import LONGEST, Confirmation, Length, Membership, Person, Session, SignInAttempt
from saas.kernel import tenancy
from saas.kernel.db import acting_in
from saas.kernel.directory import Firm
from saas.kernel.prepared import FIRM, here
from saas.kernel.rows import own_row

WINDOW = timedelta(hours=1)


async def person_by_email(session: AsyncSession, email: str) -> Person | None:
    person: Person | None = await session.scalar(select(Person).where(Person.email == email.strip().lower()))
    return person


async def person(session: AsyncSession, person_id: UUID, *, lock: bool = False) -> Person:
    """Somebody who exists; locked where a code is to be spent."""
    query = select(Person).where(Person.id == person_id)
    found: Person = (await session.scalars(query.with_for_update() if lock else query)).one()
    return found


async def persons_of(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Person]:
    """The people behind memberships."""
    found = (await session.scalars(select(Person).where(Person.id.in_(ids)))).all()
    return {person.id: person for person in found}


async def session_by_hash(session: AsyncSession, key: str, *, lock: bool = False) -> tuple[Session, Person] | None:
    """A session, live or not, with its person."""
    query = select(Session, Person).join(Person, Person.id == Session.person_id).where(Session.token_hash == key)
    row = (await session.execute(query.with_for_update() if lock else query)).one_or_none()
    return (row[0], row[1]) if row is not None else None


# Prepared once: every request asks these two.
_ARRIVAL = (
    select(Session, Person, Firm, *tenancy.moved_to_person(Person.id))
    .join(Person, Person.id == Session.person_id)
    .outerjoin(Firm, (Firm.slug == bindparam("slug")) & Firm.closed_at.is_(None))
    .where(Session.token_hash == bindparam("key"))
)
_MEMBERSHIPS = (
    select(Membership, Firm.session_idle_minutes, Firm.session_hours)
    .join(Firm, Firm.id == Membership.firm_id)
    .where(Membership.person_id == bindparam("person"), Membership.left_at.is_(None), Firm.closed_at.is_(None))
)


async def arrival(session: AsyncSession, key: str, slug: str | None) -> tuple[Session, Person, Firm | None] | None:
    """A session, live or not, with its person and the firm of an address.

    Where it is found, the rest of the transaction is in that person's scope: tables of firms are not read here.
    """
    row = (await session.execute(_ARRIVAL, {"key": key, "slug": slug})).one_or_none()
    return (row[0], row[1], row[2]) if row is not None else None


async def open_sessions(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, list[Session]]:
    """The sessions of these people that nobody ended and that passed every step, by person; too old ones too."""
    query = select(Session).where(
        Session.person_id.in_(ids), Session.ended_at.is_(None), Session.needs_second_factor.is_(False)
    )
    found: dict[UUID, list[Session]] = {}
    for row in (await session.scalars(query)).all():
        found.setdefault(row.person_id, []).append(row)
    return found


async def recent_failures(session: AsyncSession, key: str, now: datetime) -> int:
    """Failed sign-in steps of this account or address within the last hour."""
    query = select(func.count()).where(SignInAttempt.key == key, SignInAttempt.at > now - WINDOW)
    return await session.scalar(query) or 0


async def asked_lately(session: AsyncSession, row: Confirmation) -> int:
    """How often the same was asked for the same address within the hour before this time, itself included."""
    query = select(func.count()).where(
        Confirmation.purpose == row.purpose,
        Confirmation.payload["email"].astext == row.payload["email"],
        Confirmation.created_at.between(row.created_at - WINDOW, row.created_at),
    )
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


async def memberships(session: AsyncSession, person_id: UUID) -> tuple[dict[UUID, Membership], Length]:
    """A person's memberships by firm, and how long the strictest of these firms lets a session live.

    Runs in the person's scope.
    """
    found, length = {}, LONGEST
    for member, idle_minutes, hours in (await session.execute(_MEMBERSHIPS, {"person": person_id})).all():
        found[member.firm_id] = member
        length = length.shortened(idle_minutes, hours)
    return found, length


async def only_demos_know(session: AsyncSession, person_id: UUID) -> bool:
    """Somebody of demo or sandbox firms only: their mail stays in the house."""
    async with acting_in(session, tenancy.person(person_id)):
        kinds = {firm.kind for _member, firm in await firms_of(session, person_id)}
    return bool(kinds) and "live" not in kinds


async def members(session: AsyncSession) -> Sequence[Membership]:
    """Everyone who works in the current firm now, by name."""
    query = (
        select(Membership)
        .where(Membership.firm_id == tenancy.current_firm_id(), Membership.left_at.is_(None))
        .order_by(Membership.name)
    )
    return (await session.scalars(query)).all()


async def member(session: AsyncSession, member_id: UUID) -> Membership:
    """One of the current firm's people, also one who left; Missing for anybody else's."""
    return await own_row(session, Membership, member_id)


_EVERYONE = select(Membership).where(Membership.firm_id == FIRM)


async def members_by_id(session: AsyncSession) -> dict[UUID, Membership]:
    """Everyone who ever worked in the current firm, so that old records keep their names."""
    return {m.id: m for m in (await session.scalars(_EVERYONE, here())).all()}
