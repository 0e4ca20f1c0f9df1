"""`saas bench page`: the list of cases, asked of the application itself, with nothing between it and the clock."""

from __future__ import annotations

import asyncio
import time
from typing import Any, cast

import httpx

from saas.app import create_app
from saas.bench.office import Office, office, servers
from saas.bench.series import ratio, series
from saas.cases import opening
from saas.cases.forms import NewCase
from saas.kernel import clock
from saas.kernel.identifiers import uuid7

MILLISECONDS = 60  # what the product promises for 50 cases


def measure(cases: int, turns: int) -> dict[str, Any]:
    """Milliseconds of the page with `cases` cases, and of the same page when there is none."""
    with servers() as settings:
        return asyncio.run(_measure(settings, cases, turns))


async def _measure(settings: Any, cases: int, turns: int) -> dict[str, Any]:
    async with office(settings) as place:
        app = create_app(settings)
        transport = httpx.ASGITransport(cast(Any, app))  # two descriptions of the same ASGI
        headers = {"cookie": f"__Host-session={place.token}"}
        async with httpx.AsyncClient(transport=transport, base_url="https://bench.local", headers=headers) as browser:
            path = f"/f/{place.firm.slug}/cases"
            empty = await _turns(browser, path, turns, 0)
            await _open(place, cases)
            full = await _turns(browser, path, turns, min(cases, 50))
        await app.state.database.close()
    return {
        "bench": "page",
        "cases": cases,
        "turns": turns,
        "milliseconds": series(full, 2),
        "baseline": {"what": "the same page without cases", "milliseconds": series(empty, 2)},
        "ratio": ratio(full, empty),
        "limits": {"milliseconds": MILLISECONDS},
        "within": min(full) < MILLISECONDS,
    }


async def _open(place: Office, cases: int) -> None:
    """Cases as a person opens them by hand, one after another."""
    for number in range(1, cases + 1):
        async with place.transaction() as session:
            wanted = NewCase(client_id=place.client.id, title=f"问题 {number}", description="为测量而建", key=uuid7())
            await opening.by_hand(session, place.owner, wanted, [], clock.now())


async def _turns(browser: httpx.AsyncClient, path: str, turns: int, cases: int) -> list[float]:
    """Milliseconds of each turn after a first one that warms up."""
    answer = await browser.get(path)
    if answer.status_code != 200 or answer.text.count("问题 ") < cases:
        raise RuntimeError(f"the page answered {answer.status_code} and does not show {cases} cases")
    took = []
    for _turn in range(turns):
        begun = time.perf_counter()
        await browser.get(path)
        took.append((time.perf_counter() - begun) * 1000)
    return took
