"""Separation of duties, read from the trail by the proofs of `saas audit verify` once a day, and what they found."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.insights.models import DutyCheck, ProvedBreach
from saas.kernel import clock
from saas.kernel.audit import AuditEntry
from saas.kernel.module import composition
from saas.kernel.tenancy import of_this_firm


async def prove(session: AsyncSession) -> None:
    """The daily job: the whole trail through every module's proof; each breach is written down once, for good."""
    now = clock.now()
    written = select(AuditEntry).where(of_this_firm(AuditEntry)).order_by(AuditEntry.position)
    trail: Sequence[AuditEntry] = (await session.scalars(written)).all()
    found = {breach.entry_id: breach for proof in composition().duties for breach in await proof(session, trail)}
    known = set((await session.scalars(select(ProvedBreach.entry_id).where(of_this_firm(ProvedBreach)))).all())
    session.add_all(
        ProvedBreach(
            entry_id=entry.id, at=entry.at, duty=found[entry.id].duty, subject_kind=entry.subject_kind,
            subject_id=found[entry.id].subject_id, person_id=found[entry.id].person_id, found_at=now,
        )
        for entry in trail
        if entry.id in found and entry.id not in known
    )  # fmt: skip
    session.add(DutyCheck(at=now, deeds=len(trail), breaches=len(found)))
    await session.flush()
