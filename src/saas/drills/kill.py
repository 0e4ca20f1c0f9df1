"""`saas drill kill`: kill -9 of every part while letters are approved, printed and mailed."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from datetime import UTC, datetime

from saas.drills.approving import Approver
from saas.drills.firm import Fate, furnished
from saas.drills.outcome import Outcome, load, percentile
from saas.drills.striking import Striker
from saas.drills.world import World, world

SOON = 15.0  # seconds until a killed job runs again (p95)
TAIL = 60.0  # seconds to finish in, after the last kill or the last PDF, whichever is later
SLOWEST = 1.5  # seconds a letter may take on average before the drill gives up


def run(letters: int = 5000, kills: int = 200, spread: float = 600.0, *, plain: bool = False) -> Outcome:
    """In a world of its own. `plain`: the mail server cannot be asked what it has seen; repeats are then counted."""
    with world(plain=plain) as place:
        return asyncio.run(under_fire(place, letters, kills, spread))


async def under_fire(place: World, letters: int, kills: int, spread: float) -> Outcome:
    begun, plain = time.monotonic(), place.mail_server is not None
    async with furnished(place) as firm:
        ids = await firm.drafted(letters)
        place.begun = time.monotonic()
        approver, done = Approver(place, firm), asyncio.Event()
        striker = Striker(place, firm, approver, random.Random(7))  # noqa: S311 - the same drill every time
        follower = asyncio.create_task(striker.follow())
        approving = asyncio.create_task(approver.approve(ids, spread))
        striking = asyncio.create_task(striker.strike(kills, spread, done))
        try:
            await approving
            patience = 2 * TAIL + spread + letters * SLOWEST
            finished = await firm.finished_within(patience) <= patience
            done.set()
            await striking
            finished = await firm.finished_within(2 * TAIL) <= 2 * TAIL and finished
            await asyncio.sleep(0.5)  # the follower's last look
        finally:
            for task in (approving, striking, follower):
                task.cancel()
            await asyncio.gather(approving, striking, follower, return_exceptions=True)
        fate = await firm.fate(place, ids)
    return _outcome(striker, approver, fate, time.monotonic() - begun, letters, kills, plain=plain, finished=finished)


def _outcome(
    striker: Striker, approver: Approver, fate: Fate, seconds: float, letters: int, kills: int, *, plain: bool,
    finished: bool,
) -> Outcome:  # fmt: skip
    waits = [wait for strike in striker.strikes for wait in strike.again]
    tail, soon = _tail(striker.last, fate), percentile(waits)
    held = fate.lost == 0 and (plain or fate.doubled == 0) and finished
    return Outcome(
        "kill-plain" if plain else "kill",
        fate.lost,
        fate.doubled,
        seconds,
        passed=held and tail <= TAIL and soon <= SOON and len(striker.strikes) >= kills,
        facts={
            "letters": letters,
            "kills": len(striker.strikes),
            "missed": striker.misses,
            "struck": dict(Counter(strike.part for strike in striker.strikes)),
            "jobs_cut_off": len(waits),
            "again_p50": round(percentile(waits, 0.5), 1),
            "again_p95": round(soon, 1),
            "again_max": round(max(waits, default=0), 1),
            "forms_repeated": len(approver.repeats),
            "form_answered_p95": round(percentile(approver.repeats), 1),
            "tail": round(tail, 1),
            "load": load(),
        },
        strikes=striker.strikes,
    )


def _tail(last_kill: float, fate: Fate) -> float:
    """Seconds from the later of last kill and last PDF to the last accepted letter."""
    if fate.last_printed is None or fate.last_sent is None:
        return float("inf")
    later = max(datetime.fromtimestamp(last_kill, UTC), fate.last_printed)
    return max((fate.last_sent - later).total_seconds(), 0.0)
