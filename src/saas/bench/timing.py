"""A page of the application beside another, by the clock and by the processor."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from saas.bench.outcome import Result
from saas.bench.processors import spent
from saas.bench.series import named


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds of each turn by the clock, and the mean of the processor time of application and database."""

    clock: list[float]
    processor: float

    def shown(self) -> dict[str, float]:
        return {**named(self.clock, "ms", 1), "processor_ms": round(self.processor, 1)}


def result(case: str, ours: Timing, peer: Timing, wanted: float | None) -> Result:
    """A page beside its peer. It is met by the least turn, or by the processor where others keep the machine busy."""
    least, ratio = (
        min(*ours.clock, ours.processor),
        round(ours.processor / peer.processor, 2) if peer.processor else None,
    )
    if wanted is None:
        return Result(case, ours.shown(), peer.shown(), ratio)
    return Result(case, ours.shown(), peer.shown(), ratio, f"< {wanted:g} ms", least < wanted)


async def timed(browser: httpx.AsyncClient, path: str, turns: int, folder: Path) -> Timing:
    """So many turns after a first one that warms up."""
    took, begun = [], 0.0
    for turn in range(turns + 1):
        if turn == 1:
            begun = spent(folder)
        start = time.perf_counter()
        answer = await browser.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}: {answer.text[-500:]}")
        took += [(time.perf_counter() - start) * 1000] if turn else []
    return Timing(took, (spent(folder) - begun) * 1000 / turns)
