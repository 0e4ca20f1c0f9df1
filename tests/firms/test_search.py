"""The search: what a person may open, by name, pinyin or page, and nothing of anybody else's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from tests.cast import Browser, Cast

People = Callable[[str], Awaitable[Browser]]
TEA = {"name": "杭州澄屿茶业有限公司", "uscc": "91110000600037341L", "taxpayer_kind": "general", "standard": "small"}


@pytest.mark.parametrize("wanted", ["澄屿", "chengyu", "91110000600037341L"])
async def test_a_client_is_found(cast: Cast, as_person: People, wanted: str) -> None:
    ben = await as_person("ben")
    await ben.post(f"/f/{cast.firm.slug}/clients/new", TEA)
    assert TEA["name"] in (await ben.get(f"/f/{cast.firm.slug}/search?q={wanted}")).text
    otto = await as_person("otto")
    assert TEA["name"] not in (await otto.get(f"/f/{cast.other_firm.slug}/search?q={wanted}")).text


async def test_pages_are_found_in_both_languages(cast: Cast, as_person: People) -> None:
    ben, mara = await as_person("ben"), await as_person("mara")
    address = f"/f/{cast.firm.slug}/search?q="
    for wanted in ("Working cal", "工作日历"):
        assert f"/f/{cast.firm.slug}/settings/calendar" in (await ben.get(address + wanted)).text
    audit = f'href="/f/{cast.firm.slug}/settings/audit"'
    assert audit in (await mara.get(address + "Audit")).text
    assert audit not in (await ben.get(address + "Audit")).text


async def test_colleagues_are_found_by_those_who_look_after_them(cast: Cast, as_person: People) -> None:
    address = f"/f/{cast.firm.slug}/search?q=林小满"
    assert str(cast.lin.id) in (await (await as_person("mara")).get(address)).text
    assert str(cast.lin.id) not in (await (await as_person("ben")).get(address)).text


async def test_nothing_found_says_so_and_shows_what_was_looked_for(cast: Cast, as_person: People) -> None:
    page = await (await as_person("ben")).get(f"/f/{cast.firm.slug}/search?q=%3Cscript%3E&x=1")
    assert page.status_code == 200
    assert "<script>" not in page.text.partition("<main")[2]
    assert (await (await as_person("ben")).get(f"/f/{cast.firm.slug}/search")).status_code == 200
