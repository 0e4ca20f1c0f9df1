"""Every page of the settings: who may open it, who may change it, and that strangers learn nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from tests.cast import Browser, Cast

People = Callable[[str], Awaitable[Browser]]
FOR_EVERYONE = [
    "/settings",
    "/settings/letterhead",
    "/settings/letterhead/preview",
    "/settings/people",
    "/settings/roles",
    "/settings/calendar",
    "/settings/calendar?year=2025",
    "/settings/choices",
    "/notifications",
    "/search?q=设置",
    "/start",
]
FOR_MANAGERS = ["/settings/people/{ben}", "/settings/people/{ben}/leave"]
FOR_AUDIT = ["/settings/audit", "/settings/audit?refused=true&area=people", "/settings/audit/export"]


def _at(cast: Cast, path: str) -> str:
    return f"/f/{cast.firm.slug}" + path.replace("{ben}", str(cast.ben.id))


@pytest.mark.parametrize("path", FOR_EVERYONE)
@pytest.mark.parametrize("locale", ["zh", "en"])
async def test_everybody_may_look(cast: Cast, as_person: People, path: str, locale: str) -> None:
    ben = await as_person("ben")
    await ben.post("/locale", {"locale": locale})
    answer = await ben.get(_at(cast, path))
    assert answer.status_code == 200, answer.text
    assert (await (await as_person("otto")).get(_at(cast, path))).status_code == 404
    assert (await (await as_person("nobody")).get(_at(cast, path))).status_code == 303


@pytest.mark.parametrize(
    ("path", "may"), [*((p, "mara") for p in FOR_MANAGERS), *((p, "ada") for p in FOR_AUDIT), (FOR_AUDIT[0], "paula")]
)
async def test_some_pages_need_a_permission(cast: Cast, as_person: People, path: str, may: str) -> None:
    answer = await (await as_person(may)).get(_at(cast, path))
    assert answer.status_code == 200, answer.text
    assert (await (await as_person("ben")).get(_at(cast, path))).status_code == 403
    assert (await (await as_person("otto")).get(_at(cast, path))).status_code == 404
    assert (await (await as_person("nobody")).get(_at(cast, path))).status_code == 303


@pytest.mark.parametrize(
    "path",
    [
        "/help",
        "/sign-up",
        "/sign-in",
        "/forgotten",
        "/firms",
        "/account",
        "/account/notifications",
        "/account/second-factor",
        "/confirm-it-is-you",
    ],
)
async def test_pages_without_a_firm(as_person: People, path: str) -> None:
    answer = await (await as_person("otto")).get(path)
    assert answer.status_code == 200, answer.text
