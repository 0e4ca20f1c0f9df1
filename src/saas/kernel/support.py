"""Operators, and the support a firm lets in: what the door must know of both. operations provides the answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import tenancy
from saas.kernel.db import Database


@dataclass(frozen=True, slots=True)
class Admitted:
    """An operator inside a firm: under which member's id, with which roles and permissions, and until when."""

    member_id: UUID
    roles: frozenset[str]
    permissions: frozenset[str]
    until: datetime
    writes: bool


IsOperator = Callable[[AsyncSession, UUID], Awaitable[bool]]
Admission = Callable[[AsyncSession, UUID, datetime], Awaitable[Admitted | None]]
_is_operator: IsOperator | None = None
_admission: Admission | None = None


def provide_support(is_operator: IsOperator, admission: Admission) -> None:
    """The module that keeps operators and grants tells the kernel how to find them."""
    global _is_operator, _admission
    _is_operator, _admission = is_operator, admission


async def is_operator(database: Database, person_id: UUID | None) -> bool:
    """Whether this person looks after the product, by the global list."""
    if _is_operator is None or person_id is None:
        return False
    async with database.transaction(tenancy.PLATFORM) as session:
        return await _is_operator(session, person_id)


async def admitted(database: Database, firm_id: UUID | None, person_id: UUID, now: datetime) -> Admitted | None:
    """An operator whom this firm lets in now. For everybody else a firm of others takes as long as one that is none."""
    if not await is_operator(database, person_id) or firm_id is None or _admission is None:
        return None
    async with database.transaction(tenancy.firm(firm_id, person_id)) as session:
        return await _admission(session, person_id, now)
