"""`saas drill clock`: the product's clocks are an hour ahead of the database's, then set back in the middle of work."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import suppress

from saas.drills.approving import Approver
from saas.drills.firm import DrillFirm, furnished
from saas.drills.outcome import Outcome, load
from saas.drills.world import World, world
from saas.kernel import clock

AHEAD = 3600  # seconds
TAIL = 60.0  # seconds to be done in, after each move


def run(letters: int = 200) -> Outcome:
    with world(running=False) as place:
        return asyncio.run(moved(place, letters))


async def moved(place: World, letters: int) -> Outcome:
    """Half of the letters go out an hour ahead; the other half is cut off there and finished an hour earlier."""
    begun = time.monotonic()
    place.start(**{clock.AHEAD: str(AHEAD)})
    async with furnished(place) as firm:
        ids = await firm.drafted(letters)
        approver = Approver(place, firm, ahead=AHEAD)
        await approver.approve(ids[: letters // 2])
        ahead = await firm.finished_within(2 * TAIL)
        await approver.approve(ids[letters // 2 :])
        left = await _cut_off(place, firm)
        place.start()  # not in a thread: what is started ends with the thread that started it
        back = await firm.finished_within(2 * TAIL)
        fate = await firm.fate(place, ids)
    facts = {"letters": letters, "jobs_cut_off": left, "tail_ahead": round(ahead, 1), "tail_back": round(back, 1),
             "load": load()}  # fmt: skip
    passed = fate.lost == fate.doubled == 0 and max(ahead, back) <= TAIL and left > 0
    return Outcome("clock", fate.lost, fate.doubled, time.monotonic() - begun, passed, facts)


async def _cut_off(place: World, firm: DrillFirm) -> int:
    """Kill what carries the work, then stop the rest; how many jobs are left over, promised an hour from now."""
    parts = place.parts()
    for name in ("light", "heavy", "relay"):
        with suppress(ProcessLookupError, KeyError):
            os.kill(parts[name], signal.SIGKILL)
    left = await firm.unfinished()
    place.stop()
    return left
