"""Every SELECT of the audit report."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.audit_words import readings
from saas.identity.models import Membership
from saas.kernel import clock, tenancy
from saas.kernel.audit import AuditEntry, AuditSeal


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters of the address."""

    who: UUID | None = None
    area: str = ""
    refused: bool = False
    reads: bool = False  # only what was read or taken out: accounts revealed, files, exports
    since: date | None = None
    until: date | None = None

    @property
    def between(self) -> tuple[datetime | None, datetime | None]:
        """The days as moments where the firm is; the end is the midnight after."""
        start = datetime.combine(self.since, time(), clock.CHINA) if self.since else None
        end = datetime.combine(self.until + timedelta(1), time(), clock.CHINA) if self.until else None
        return start, end

    @property
    def query(self) -> dict[str, str]:
        values = {"who": self.who, "area": self.area, "since": self.since, "until": self.until}
        marks = {"refused": self.refused, "reads": self.reads}
        return {name: str(v) for name, v in values.items() if v} | {name: "1" for name, on in marks.items() if on}


PORTION = 1000  # entries of an export that are in memory at a time


async def entries(session: AsyncSession, wanted: Wanted, limit: int, before: int = 0) -> Sequence[AuditEntry]:
    """The newest first; `before` is the position behind which a page begins."""
    query = _wanted(select(AuditEntry), wanted)
    if before:
        query = query.where(AuditEntry.position < before)
    return (await session.scalars(query.order_by(AuditEntry.position.desc()).limit(limit))).all()


async def count(session: AsyncSession, wanted: Wanted) -> int:
    return await session.scalar(_wanted(select(func.count()).select_from(AuditEntry), wanted)) or 0


async def portions(session: AsyncSession, wanted: Wanted) -> AsyncIterator[Sequence[AuditEntry]]:
    """All of them, the oldest first, some at a time."""
    query, after = _wanted(select(AuditEntry), wanted).order_by(AuditEntry.position).limit(PORTION), 0
    while found := (await session.scalars(query.where(AuditEntry.position > after))).all():
        yield found
        after = found[-1].position


def _wanted(query: Select[Any], wanted: Wanted) -> Select[Any]:
    query = query.where(AuditEntry.firm_id == tenancy.current_firm_id())
    since, until = wanted.between
    if wanted.who is not None:
        query = query.where(AuditEntry.actor_id == wanted.who)
    if wanted.area:
        query = query.where(AuditEntry.action.startswith(f"{wanted.area}.", autoescape=True))
    if wanted.refused:
        query = query.where(AuditEntry.outcome == "refused")
    if wanted.reads:
        query = query.where(AuditEntry.action.in_(readings()))
    if since is not None:
        query = query.where(AuditEntry.at >= since)
    if until is not None:
        query = query.where(AuditEntry.at < until)
    return query


async def seals(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, int]:
    """The number of each entry's seal."""
    query = select(AuditSeal.entry_id, AuditSeal.sequence).where(AuditSeal.firm_id == tenancy.current_firm_id())
    found = await session.execute(query.where(AuditSeal.entry_id.in_(ids)))
    return {row.entry_id: row.sequence for row in found}


async def sealed(session: AsyncSession, sequence: int) -> str | None:
    """The hash of one seal; None where there is no such seal."""
    query = select(AuditSeal.hash).where(AuditSeal.firm_id == tenancy.current_firm_id(), AuditSeal.sequence == sequence)
    found: str | None = await session.scalar(query)
    return found


async def unsealed(session: AsyncSession) -> int:
    """Entries the sealing has not reached yet; a few seconds' worth."""
    firm_id = tenancy.current_firm_id()
    written = select(func.count()).where(AuditEntry.firm_id == firm_id)
    sealed = select(func.count()).where(AuditSeal.firm_id == firm_id)
    return (await session.scalar(written) or 0) - (await session.scalar(sealed) or 0)


async def refused(session: AsyncSession, since: datetime) -> int:
    """How many attempts were denied from that moment on."""
    query = select(func.count()).where(
        AuditEntry.firm_id == tenancy.current_firm_id(),
        AuditEntry.outcome == literal_column("'refused'"),  # not a parameter: only so its partial index is used
        AuditEntry.at >= since,
    )
    return await session.scalar(query) or 0


async def people(session: AsyncSession) -> list[tuple[str, str]]:
    """Everyone who ever worked here, for the filter."""
    query = select(Membership).where(Membership.firm_id == tenancy.current_firm_id()).order_by(Membership.name)
    return [(str(m.id), m.name) for m in (await session.scalars(query)).all()]
