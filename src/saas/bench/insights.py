"""`saas bench insights`: overview and drill-downs of a firm with a hundred thousand cases, asked of the application."""

from __future__ import annotations

import asyncio
import os
import platform
import time
from typing import Any, cast
from uuid import UUID, uuid5

import httpx

from saas.app import create_app
from saas.bench.history import Size, write
from saas.bench.office import Office, office, servers
from saas.bench.series import ratio, series
from saas.insights.measures.catalogue import MEASURES
from saas.kernel.config import Settings

OVERVIEW, DRILL_DOWN = 150, 100  # milliseconds that the product promises
OTHERS = Size(100, 200, 20)  # of each other firm


def measure(cases: int, answers: int, firms: int, turns: int) -> dict[str, Any]:
    """Milliseconds of overview and drill-downs, alone and among so many firms."""
    with servers() as settings:
        return asyncio.run(_measure(settings, Size(cases, answers, max(cases // 100, 5)), firms, turns))


async def _measure(settings: Settings, size: Size, firms: int, turns: int) -> dict[str, Any]:
    async with office(settings) as place:
        app = create_app(settings)
        headers = {"cookie": f"__Host-session={place.token}"}
        transport = httpx.ASGITransport(cast("Any", app))
        async with httpx.AsyncClient(transport=transport, base_url="https://bench.local", headers=headers) as browser:
            found = await _results(browser, place, size, firms, turns)
        await app.state.database.close()
    return {
        "name": "insights",
        "machine": {"processors": os.cpu_count(), "python": platform.python_version()},
        "given": {"cases": size.cases, "answers": size.answers, "firms": firms, "turns": turns},
        "results": found,
    }


async def _results(
    browser: httpx.AsyncClient, place: Office, size: Size, firms: int, turns: int
) -> list[dict[str, Any]]:
    at = f"/f/{place.firm.slug}/insights"
    empty = await timed(browser, at, turns)
    await write(place.settings, [place.firm.id], size)
    alone = await timed(browser, at, turns)
    said = await timed(browser, f"{at}/measures/csat", turns)
    found = [result("overview", alone, empty, OVERVIEW)]
    for key in MEASURES:
        found.append(
            result(f"drill-down {key}", await timed(browser, f"{at}/measures/{key}", turns), empty, DRILL_DOWN)
        )
    years = await timed(browser, f"{at}?period=365d", turns)
    found.append(result("overview of six years: every row of the firm", years, empty, None))
    if firms > 1:
        others = [uuid5(UUID(int=0), f"bench {number}") for number in range(firms - 1)]
        await write(place.settings, others, OTHERS)
        for path, before, limit in (("", alone, OVERVIEW), ("/measures/csat", said, DRILL_DOWN)):
            among = await timed(browser, at + path, turns)
            found.append(result(f"{path or 'overview'} among {firms} firms, beside alone", among, before, limit))
    return found


def result(case: str, ours: list[float], peer: list[float], wanted: float | None) -> dict[str, Any]:
    """Milliseconds of a page beside those of its peer, the least of the turns against what is wanted, if anything."""
    return {
        "case": case, "ours": series(ours, 1), "peer": series(peer, 1), "ratio": ratio(ours, peer),
        "wanted": wanted, "met": wanted is None or min(ours) < wanted,
    }  # fmt: skip


async def timed(browser: httpx.AsyncClient, path: str, turns: int) -> list[float]:
    """Milliseconds of each turn after a first one that warms up."""
    took = []
    for turn in range(turns + 1):
        begun = time.perf_counter()
        answer = await browser.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}: {answer.text[-500:]}")
        took += [(time.perf_counter() - begun) * 1000] if turn else []
    return took
