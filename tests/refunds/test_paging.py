"""Pages of a long list: every request once, in order, forwards and back; figures stop where they say they do."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from html import unescape

import pytest

from saas.bench.refunding import fill
from saas.kernel import clock
from saas.kernel.config import Settings
from saas.kernel.prepared import here
from saas.refunds.lists import list_queries, listing
from saas.refunds.lists.list_queries import CAP, Wanted
from saas.refunds.lists.listing import VIEWS
from tests.cast import Browser, Cast, member_id

People = Callable[[str], Awaitable[Browser]]
NUMBERS = re.compile(r"<small>(TF-\d{4}-\d+)</small>")
NEXT, BEFORE = re.compile(r'rel="next" href="([^"]+)"'), re.compile(r'rel="prev" href="([^"]+)"')


async def _walk(ben: Browser, path: str, button: re.Pattern[str]) -> list[list[str]]:
    pages = []
    while path:
        text = (await ben.get(path)).text
        pages.append(NUMBERS.findall(text))
        found = button.search(text)
        path = unescape(found.group(1)) if found else ""
    assert pages
    return pages


@pytest.mark.parametrize("view", ["open", "all"])
async def test_pages_hold_every_request_once(settings: Settings, cast: Cast, as_person: People, view: str) -> None:
    await fill(settings, cast.firm.id, member_id(cast.ben), 330)
    ben, path = await as_person("ben"), f"/f/{cast.firm.slug}/refunds?view={view}"
    pages = await _walk(ben, path, NEXT)
    shown = [number for page in pages for number in page]
    assert len(set(shown)) == len(shown) == (330 if view == "all" else 66)
    async with cast.transaction() as session:
        wanted = Wanted(VIEWS[view])
        rows = await list_queries.listed(session, wanted, clock.now(), limit=400)
    assert shown == [refund.number for refund in rows]
    last = await _last(ben, path)
    assert (await _walk(ben, last, BEFORE))[-1] == pages[0]


async def _last(ben: Browser, path: str) -> str:
    while found := NEXT.search((await ben.get(path)).text):
        path = unescape(found.group(1))
    return path


async def test_figures_stop_counting_and_say_so(settings: Settings, cast: Cast) -> None:
    await fill(settings, cast.firm.id, None, CAP * 2)
    async with cast.transaction() as session:
        counted = await list_queries.figures(session, Wanted(VIEWS["all"]), clock.now(), VIEWS["all"])
        assert counted["archived"].words == f"{CAP:,}+"
        assert counted["rejected"].words == str(CAP * 2 // 20)
        assert listing.total("closed", counted).words.endswith("+")
        assert await session.scalar(list_queries.OPEN_REQUESTS, here()) == CAP * 2 // 5
