"""`saas bench insights`: overview and drill-downs of a firm with a hundred thousand cases, asked of the application."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid5

import httpx

from saas.bench.history import Size, write
from saas.bench.office import Office, office, servers, visiting
from saas.bench.outcome import Result
from saas.bench.processors import spent
from saas.bench.series import named
from saas.insights.measures.catalogue import MEASURES
from saas.kernel.config import Settings

OVERVIEW, DRILL_DOWN = 150, 100  # milliseconds that the product promises
OTHERS = Size(100, 200, 20)  # of each other firm


def measure(cases: int, answers: int, firms: int, turns: int) -> list[Result]:
    """Milliseconds of overview and drill-downs, alone and among so many firms."""
    with servers() as settings:
        return asyncio.run(_measure(settings, Size(cases, answers, max(cases // 100, 5)), firms, turns))


async def _measure(settings: Settings, size: Size, firms: int, turns: int) -> list[Result]:
    async with office(settings) as place, visiting(place) as browser:
        return await _results(browser, place, size, firms, turns)


async def _results(browser: httpx.AsyncClient, place: Office, size: Size, firms: int, turns: int) -> list[Result]:
    at, folder = f"/f/{place.firm.slug}/insights", place.settings.data_dir

    async def page(path: str) -> Timing:
        return await timed(browser, at + path, turns, folder)

    empty = await page("")
    await write(place.settings, [place.firm.id], size)
    alone, said = await page(""), await page("/measures/csat")
    found = [result("overview", alone, empty, OVERVIEW)]
    for key in MEASURES:
        found.append(result(f"drill-down {key}", await page(f"/measures/{key}"), empty, DRILL_DOWN))
    found.append(result("overview of six years: every row of the firm", await page("?period=365d"), empty, None))
    if firms > 1:
        others = [uuid5(UUID(int=0), f"bench {number}") for number in range(firms - 1)]
        await write(place.settings, others, OTHERS)
        for path, before, limit in (("", alone, OVERVIEW), ("/measures/csat", said, DRILL_DOWN)):
            name = f"{path or 'overview'} among {firms} firms, beside alone"
            found.append(result(name, await page(path), before, limit))
    return found


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
