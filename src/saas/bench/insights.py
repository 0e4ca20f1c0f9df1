"""`saas bench insights`: overview and drill-downs of a firm with a hundred thousand cases, asked of the application."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid5

import httpx

from saas.bench.history import Size, write
from saas.bench.office import Office, office, servers, visiting
from saas.bench.outcome import Result
from saas.bench.timing import Timing, result, timed
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
