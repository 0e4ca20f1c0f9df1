"""The chain and the separation of duties, read from the trail by the proofs of `saas audit verify` every night."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.insights.models import DutyCheck, ProvedBreach
from saas.insights.proving.alarm import sound
from saas.kernel import clock, sealing
from saas.kernel.audit import AuditEntry
from saas.kernel.module import composition
from saas.kernel.tenancy import of_this_firm


async def prove(session: AsyncSession) -> None:
    """The nightly job: the whole trail through every module's proof; each breach is written down once, for good.

    What is new is told: a breach of which nobody knew, or more faults of the chain than the night before.
    """
    now = clock.now()
    written = select(AuditEntry).where(of_this_firm(AuditEntry)).order_by(AuditEntry.position)
    trail: Sequence[AuditEntry] = (await session.scalars(written)).all()
    found = {breach.entry_id: breach for proof in composition().duties for breach in await proof(session, trail)}
    known = set((await session.scalars(select(ProvedBreach.entry_id).where(of_this_firm(ProvedBreach)))).all())
    last = await session.scalar(select(DutyCheck).where(of_this_firm(DutyCheck)).order_by(DutyCheck.at.desc()).limit(1))
    faults = len(await sealing.verify(session))
    session.add_all(
        ProvedBreach(
            entry_id=entry.id, at=entry.at, duty=found[entry.id].duty, subject_kind=entry.subject_kind[:16],
            subject_id=found[entry.id].subject_id, person_id=found[entry.id].person_id, found_at=now,
        )
        for entry in trail
        if entry.id in found and entry.id not in known
    )  # fmt: skip
    session.add(DutyCheck(at=now, deeds=len(trail), breaches=len(found), faults=faults))
    await session.flush()
    new = len(found.keys() - known)
    if new or faults > (last.faults if last is not None else 0):
        await sound(session, new, faults, now)
