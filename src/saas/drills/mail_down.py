"""`saas drill mail-down`: the mail server is away for minutes while letters are approved."""

from __future__ import annotations

import asyncio
import time

from saas.drills.approving import Approver
from saas.drills.firm import furnished
from saas.drills.outcome import Outcome, load
from saas.drills.world import World, world

TAIL = 60.0  # seconds to send everything in once the server is back


def run(letters: int = 100, seconds: float = 180.0) -> Outcome:
    with world(plain=True) as place:
        return asyncio.run(away(place, letters, seconds))


async def away(place: World, letters: int, seconds: float) -> Outcome:
    """Letters approved while nobody takes mail are printed, wait, and go out within a minute of the return."""
    begun = time.monotonic()
    async with furnished(place) as firm:
        ids = await firm.drafted(letters)
        place.close_outside()
        went, approver = time.monotonic(), Approver(place, firm)
        await approver.approve(ids)
        await firm.finished_within(seconds + letters, "notices.render")
        await asyncio.sleep(max(went + seconds - time.monotonic(), 0))
        gone = time.monotonic() - went
        place.open_outside()
        tail = await firm.finished_within(2 * TAIL)
        fate = await firm.fate(place, ids)
    facts = {"letters": letters, "away": round(gone, 1), "tail": round(tail, 1), "load": load()}
    passed = fate.lost == fate.doubled == 0 and tail <= TAIL
    return Outcome("mail-down", fate.lost, fate.doubled, time.monotonic() - begun, passed, facts)
