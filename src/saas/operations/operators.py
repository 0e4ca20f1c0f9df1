"""Who looks after the product: persons on a global list that only the command line writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import Person
from saas.operations.models import Operator


class NoSuchPerson(Exception):
    """Nobody with this address has an account."""


async def is_operator(session: AsyncSession, person_id: UUID) -> bool:
    query = select(Operator.person_id).where(Operator.person_id == person_id, Operator.removed_at.is_(None))
    return await session.scalar(query) is not None


async def operators(session: AsyncSession) -> Sequence[Person]:
    """Everyone on the list, by address."""
    query = select(Person).join(Operator, Operator.person_id == Person.id).where(Operator.removed_at.is_(None))
    return (await session.scalars(query.order_by(Person.email))).all()


async def add(session: AsyncSession, email: str, now: datetime) -> Person:
    """Put a person with a confirmed account on the list; twice is once. Raises NoSuchPerson."""
    person = await _person(session, email)
    row = await session.get(Operator, person.id)
    if row is None:
        session.add(Operator(person_id=person.id, added_at=now))
    else:
        row.removed_at = None
    return person


async def remove(session: AsyncSession, email: str, now: datetime) -> Person:
    """Take a person off the list; effective with their next request. Raises NoSuchPerson."""
    person = await _person(session, email)
    row = await session.get(Operator, person.id)
    if row is None or row.removed_at is not None:
        raise NoSuchPerson(email)
    row.removed_at = now
    return person


async def _person(session: AsyncSession, email: str) -> Person:
    query = select(Person).where(Person.email == email.strip().lower(), Person.confirmed_at.is_not(None))
    person: Person | None = await session.scalar(query)
    if person is None:
        raise NoSuchPerson(email)
    return person
