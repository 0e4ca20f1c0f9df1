"""`saas drill race`: fifty people press the same button in the same instant; exactly one of them has done it."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from uuid import UUID

import httpx
from sqlalchemy import func, select

from saas.drills.approving import Approver
from saas.drills.firm import DrillFirm, furnished
from saas.drills.outcome import Outcome, load
from saas.drills.world import World, world
from saas.kernel.audit import AuditEntry

AT_ONCE = 50
PATIENCE = 60.0  # seconds until the letters are out


def run(rounds: int = 20) -> Outcome:
    with world() as place:
        return asyncio.run(raced(place, rounds))


async def raced(place: World, rounds: int) -> Outcome:
    """Each round is one letter that 50 forms approve. Lost: nobody got through; doubled: more than one did."""
    begun = time.monotonic()
    async with furnished(place) as firm:
        ids, answers = await firm.drafted(rounds), Counter[int]()
        approver = Approver(place, firm)
        async with approver.browser() as browser:
            for letter in ids:
                answers += await _at_once(approver, browser, letter)
        wins = [await _approvals(firm, letter) for letter in ids]
        await firm.finished_within(PATIENCE + rounds)
        fate = await firm.fate(place, ids)
    lost, doubled = wins.count(0) + fate.lost, sum(n - 1 for n in wins if n) + fate.doubled
    failed = sum(n for status, n in answers.items() if status >= 500)
    facts = {"rounds": rounds, "at_once": AT_ONCE, "answers": dict(sorted(answers.items())), "load": load()}
    return Outcome("race", lost, doubled, time.monotonic() - begun, lost == doubled == failed == 0, facts)


async def _at_once(approver: Approver, browser: httpx.AsyncClient, letter: UUID) -> Counter[int]:
    return Counter(await asyncio.gather(*(approver.post(browser, letter) for _ in range(AT_ONCE))))


async def _approvals(firm: DrillFirm, letter: UUID) -> int:
    """How many approvals the audit trail knows."""
    done = (AuditEntry.subject_id == letter, AuditEntry.action == "notice.issue", AuditEntry.outcome == "done")
    async with firm.transaction() as session:
        return await session.scalar(select(func.count()).select_from(AuditEntry).where(*done)) or 0
