"""The hash chain over a firm's audit trail: sealed within seconds by the relay, verified by anyone with the database.

A seal is the SHA-256 of the seal before it and of its entry in canonical form. A changed, removed or slipped-in entry,
a changed or removed seal, and a tail cut off against a head noted elsewhere all show.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock, tenancy
from saas.kernel.audit import AuditEntry, AuditSeal
from saas.kernel.db import Database
from saas.kernel.directory import Firm

log = logging.getLogger("saas.sealing")

GENESIS = "0" * 64
BATCH = 2000
LATE_COMMITS = 50_000  # positions behind the head in which a slow transaction may still add its entries
PAUSE = 3.0  # seconds between two rounds over the firms
UNSEALED_FOR = timedelta(minutes=10)  # an older entry without a seal was slipped in, or the sealing stands still
FIELDS = ("id", "at", "actor_kind", "actor_id", "actor_name", "action", "outcome", "subject_kind", "subject_id",
          "client_id", "from_state", "to_state", "timeline", "detail")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a trail was tampered with, and how it shows."""

    sequence: int | None
    entry_id: UUID | None
    what: str


def digest(previous: str, entry: AuditEntry) -> str:
    """The seal of an entry: over its fields in fixed order, times in UTC, JSON with sorted keys."""
    fields = [_plain(getattr(entry, name)) for name in FIELDS]
    return sha256(previous.encode() + msgspec.json.encode(fields, order="sorted")).hexdigest()


async def seal(session: AsyncSession) -> int:
    """Seal what is new in the current firm's trail; how many entries it were."""
    firm_id = tenancy.current_firm_id()
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"seal {firm_id}"})
    last = await session.scalar(_seals().order_by(AuditSeal.sequence.desc()).limit(1))
    highest = await session.scalar(select(func.max(AuditSeal.position)).where(AuditSeal.firm_id == firm_id)) or 0
    entries = await _unsealed(session, highest - LATE_COMMITS)
    sequence, previous = (last.sequence, last.hash) if last else (0, GENESIS)
    for entry in entries:
        sequence += 1
        this = digest(previous, entry)
        session.add(
            AuditSeal(sequence=sequence, entry_id=entry.id, position=entry.position, previous=previous, hash=this)
        )
        previous = this
    return len(entries)


async def head(session: AsyncSession) -> tuple[int, str]:
    """The newest seal: what the owner is told every day, so that a cut tail shows."""
    last = await session.scalar(_seals().order_by(AuditSeal.sequence.desc()).limit(1))
    return (last.sequence, last.hash) if last else (0, GENESIS)


async def verify(session: AsyncSession, known_head: tuple[int, str] | None = None) -> list[Fault]:
    """Recompute the current firm's whole chain; no faults means that nothing was changed, added or taken away."""
    seals = (await session.scalars(_seals().order_by(AuditSeal.sequence))).all()
    found = select(AuditEntry).where(AuditEntry.firm_id == tenancy.current_firm_id())
    entries = {entry.id: entry for entry in (await session.scalars(found)).all()}
    faults, previous = [], GENESIS
    for expected, this in enumerate(seals, start=1):
        entry = entries.pop(this.entry_id, None)
        if this.sequence != expected or this.previous != previous:
            faults.append(Fault(this.sequence, this.entry_id, "the chain is broken before this seal"))
        if entry is None:
            faults.append(Fault(this.sequence, this.entry_id, "the sealed entry is gone"))
        elif digest(this.previous, entry) != this.hash:
            faults.append(Fault(this.sequence, this.entry_id, "the entry is not the one that was sealed"))
        previous = this.hash
    if known_head is not None and not _stands(seals, known_head):
        faults.append(Fault(known_head[0], None, "the noted head is not in the chain: its tail was cut or rewritten"))
    return faults + [Fault(None, e.id, "an entry without a seal") for e in entries.values() if _should_be_sealed(e)]


async def serve(app: Database) -> None:
    """Seal every firm's trail, round after round, until cancelled. A database that is away is waited for."""
    while True:
        try:
            async with app.transaction(tenancy.PLATFORM) as session:
                firms = (await session.scalars(select(Firm.id).where(Firm.closed_at.is_(None)))).all()
            for firm_id in firms:
                async with app.transaction(tenancy.firm(firm_id)) as session:
                    await seal(session)
        except Exception as error:
            log.warning("the sealing waits: %s: %s", type(error).__name__, error)
        await asyncio.sleep(PAUSE)


def _seals() -> Any:
    return select(AuditSeal).where(AuditSeal.firm_id == tenancy.current_firm_id())


async def _unsealed(session: AsyncSession, above: int) -> Sequence[AuditEntry]:
    query = (
        select(AuditEntry)
        .outerjoin(AuditSeal, (AuditSeal.firm_id == AuditEntry.firm_id) & (AuditSeal.entry_id == AuditEntry.id))
        .where(
            AuditEntry.firm_id == tenancy.current_firm_id(), AuditEntry.position > above, AuditSeal.entry_id.is_(None)
        )
        .order_by(AuditEntry.position)
        .limit(BATCH)
    )
    return (await session.scalars(query)).all()


def _stands(seals: Sequence[AuditSeal], known: tuple[int, str]) -> bool:
    sequence, value = known
    return sequence == 0 or (len(seals) >= sequence and seals[sequence - 1].hash == value)


def _should_be_sealed(entry: AuditEntry) -> bool:
    return clock.now() - entry.at > UNSEALED_FOR


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value) if isinstance(value, UUID) else value
