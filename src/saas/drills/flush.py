"""`saas drill flush`: everything in Redis is thrown away, again and again, while letters go out."""

from __future__ import annotations

import asyncio
import contextlib
import time

from redis.exceptions import RedisError

from saas.drills.approving import Approver
from saas.drills.firm import furnished
from saas.drills.outcome import Outcome, load
from saas.drills.world import World, world
from saas.kernel import jobs

TAIL = 60.0  # seconds to finish in after the last flush


def run(letters: int = 300, flushes: int = 20) -> Outcome:
    with world() as place:
        return asyncio.run(flushed(place, letters, flushes))


async def flushed(place: World, letters: int, flushes: int) -> Outcome:
    """Flush whenever the queue holds something, until the number is reached or nothing is left."""
    begun = time.monotonic()
    async with furnished(place) as firm:
        ids = await firm.drafted(letters)
        await Approver(place, firm).approve(ids)
        thrown_away, last = 0, time.monotonic()
        redis = await jobs.connect(place.settings.redis_url)
        try:
            while await firm.unfinished() and time.monotonic() - last < TAIL + letters:
                held = sum([await redis.zcard(jobs.queue(kind)) for kind in ("light", "heavy")])
                if held and flushes:
                    with contextlib.suppress(RedisError):
                        await redis.flushall()
                    thrown_away, flushes, last = thrown_away + held, flushes - 1, time.monotonic()
                await asyncio.sleep(1)
        finally:
            await redis.aclose()
        fate = await firm.fate(place, ids)
    facts = {"letters": letters, "rings_thrown_away": thrown_away, "tail": round(time.monotonic() - last, 1)}
    passed = fate.lost == fate.doubled == 0 and thrown_away > 0 and time.monotonic() - last <= TAIL
    return Outcome("flush", fate.lost, fate.doubled, time.monotonic() - begun, passed, {**facts, "load": load()})
