"""Kill -9, aimed: at a part that has work in hand, which is then followed until somebody has begun it again."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from saas.drills.approving import Approver
from saas.drills.firm import LETTER_JOBS, DrillFirm
from saas.drills.outcome import Strike
from saas.drills.world import PARTS, World, processes_of
from saas.kernel import clock
from saas.kernel.outbox import Outbox

AIMING = 10.0  # seconds to wait for work in hand before another part is aimed at
LOOK = 0.1  # seconds between two looks at what was cut off
WEIGHTS = {"web": 2, "light": 3, "heavy": 3, "relay": 1, "valkey": 2, "postgres": 2}
Kind = Literal["light", "heavy"]


@dataclass(slots=True)
class Victim:
    """A job that was in hand when its worker, or what the worker stood on, was killed."""

    strike: Strike
    attempts: int
    struck: float


@dataclass(slots=True)
class Striker:
    place: World
    firm: DrillFirm
    approver: Approver
    aim: random.Random
    strikes: list[Strike] = field(default_factory=list)
    misses: int = 0
    last: float = 0.0  # of the last kill, in seconds of the epoch
    _victims: dict[UUID, Victim] = field(default_factory=dict)

    async def strike(self, kills: int, spread: float, nothing_left: asyncio.Event) -> None:
        """As many kills, evenly over `spread` seconds; ends early when there is nothing left to hit."""
        begun = time.monotonic()
        while len(self.strikes) < kills and not nothing_left.is_set():
            await asyncio.sleep(max(begun + len(self.strikes) * spread / kills - time.monotonic(), 0))
            await self._strike_one(self.aim.choices(PARTS, [WEIGHTS[p] for p in PARTS])[0])

    async def follow(self) -> None:
        """Until cancelled: note when each victim is begun again."""
        while True:
            await asyncio.sleep(LOOK)
            with contextlib.suppress(DBAPIError, OSError):
                await self._look()

    async def _look(self) -> None:
        if not self._victims:
            return
        async with self.firm.transaction() as session:
            wanted = select(Outbox.id, Outbox.attempts, Outbox.finished_at).where(Outbox.id.in_(list(self._victims)))
            rows = (await session.execute(wanted)).all()
        now = time.monotonic()
        for job_id, attempts, finished in rows:
            victim = self._victims[job_id]
            if attempts > victim.attempts:
                victim.strike.again.append(now - victim.struck)
            elif finished is not None:  # it had come to its end before the blow
                victim.strike.live -= 1
            if attempts > victim.attempts or finished is not None:
                del self._victims[job_id]

    async def _strike_one(self, part: str) -> None:
        deadline = time.monotonic() + AIMING
        while time.monotonic() < deadline:
            pid = self.place.at_work(part)
            if pid is not None and await self._hit(part, pid):
                return
            await asyncio.sleep(self.aim.uniform(0.005, 0.05))
        self.misses += 1

    async def _hit(self, part: str, pid: int) -> bool:
        """Hold the part still, look whether it has work in hand, and only then kill it."""
        try:
            with _held(pid, part):
                in_hand = await self._in_hand(part)
                if not in_hand and not (part == "web" and self.approver.under_way):
                    return False
                forms = len(self.approver.under_way) if part == "web" else 0
                for process in processes_of(pid) if part == "postgres" else [pid]:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(process, signal.SIGKILL)
        except (DBAPIError, OSError):
            return False
        self.last = clock.now().timestamp()
        struck = Strike(round(self.place.elapsed(), 1), part, forms or len(in_hand))
        self.strikes.append(struck)
        if part not in ("web", "relay"):
            self._victims |= {i: Victim(struck, n, time.monotonic()) for i, n in in_hand.items()}
        return True

    async def _in_hand(self, part: str) -> dict[UUID, int]:
        """The letters' jobs begun and not finished (for the relay: due and not yet rung), with their attempts."""
        wanted = select(Outbox.id, Outbox.attempts).where(Outbox.finished_at.is_(None), Outbox.job.in_(LETTER_JOBS))
        if part in ("light", "heavy"):
            wanted = wanted.where(Outbox.kind == part)
        begun = Outbox.rung_at.is_(None) if part == "relay" else Outbox.started_at.is_not(None)
        async with self.firm.transaction() as session:
            rows = (await session.execute(wanted.where(begun))).all()
        return {job_id: attempts for job_id, attempts in rows if job_id not in self._victims}


@contextlib.contextmanager
def _held(pid: int, part: str) -> Iterator[None]:
    """Stopped while we look, except what we look through."""
    if part == "postgres":
        yield
        return
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
