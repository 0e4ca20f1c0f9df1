"""The log of exchanges: files, addenda, and that nothing in it is ever changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from saas.clients.models import Communication
from tests.cast import Browser, Cast

People = Callable[[str], Awaitable[Browser]]
TALK = {"channel": "phone", "direction": "in", "contact_name": "许承泽", "summary": "设备是三月买的"}


async def _client(cast: Cast, person: Browser, name: str = "杭州澄屿茶业有限公司") -> str:
    fields = {"name": name, "taxpayer_kind": "small", "standard": "small"}
    return str((await person.post(f"/f/{cast.firm.slug}/clients/new", fields)).headers["location"])


async def _log(cast: Cast) -> list[Communication]:
    async with cast.transaction() as session:
        return list(await session.scalars(select(Communication).order_by(Communication.recorded_at)))


async def test_a_file_of_an_exchange_is_saved_never_shown(cast: Cast, as_person: People) -> None:
    ben = await as_person("ben")
    address = await _client(cast, ben)
    files = {"files": ("发票.pdf", b"%PDF-1.7 <script>", "text/html")}
    assert (await ben.post(f"{address}/communications", TALK, files=files)).status_code == 303
    (entry,) = await _log(cast)
    path = f"{address}/communications/{entry.id}/files/{entry.files[0]['sha256']}"
    assert path in (await ben.get(address)).text
    answer = await (await as_person("ada")).get(path)
    assert (answer.status_code, answer.content) == (200, b"%PDF-1.7 <script>")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert (await (await as_person("otto")).get(path)).status_code == 404
    assert (await (await as_person("nobody")).get(path)).status_code == 303
    assert (await ben.get(path[:-64] + "0" * 64)).status_code == 404
    other = await _client(cast, ben, "别家")
    assert (await ben.get(path.replace(address, other))).status_code == 404


async def test_a_refused_file_leaves_no_exchange(cast: Cast, as_person: People) -> None:
    ben = await as_person("ben")
    address = await _client(cast, ben)
    for name, content in (("空.pdf", b""), ("程序.exe", b"MZ")):
        answer = await ben.post(f"{address}/communications", TALK, files={"files": (name, content)})
        assert answer.status_code == 422
    assert await _log(cast) == []


async def test_a_correction_is_an_addendum(cast: Cast, as_person: People) -> None:
    ben = await as_person("ben")
    address = await _client(cast, ben)
    await ben.post(f"{address}/communications", TALK)
    (first,) = await _log(cast)
    page = (await ben.get(address)).text
    assert f'value="{first.id}"' in page, "the page offers to add to this exchange"
    addendum = {**TALK, "summary": "更正：四月买的", "addendum_to_id": str(first.id)}
    assert (await ben.post(f"{address}/communications", addendum)).status_code == 303
    before, after = await _log(cast)
    assert (before.summary, after.summary, after.addendum_to_id) == (TALK["summary"], "更正：四月买的", first.id)
    assert "补充" in (await ben.get(address)).text
    stranger = await _client(cast, ben, "别家")
    assert (await ben.post(f"{stranger}/communications", addendum)).status_code == 404


async def test_the_database_refuses_to_change_the_log(cast: Cast, as_person: People) -> None:
    ben = await as_person("ben")
    await ben.post(f"{await _client(cast, ben)}/communications", TALK)
    with pytest.raises(DBAPIError, match="permission denied"):
        async with cast.transaction() as session:
            await session.execute(update(Communication).values(summary="别的话"))


async def test_who_may_write_the_log(cast: Cast, as_person: People) -> None:
    address = await _client(cast, await as_person("ben"))
    for name, status in (("cash", 303), ("tina", 303), ("ada", 403), ("otto", 404), ("nobody", 303)):
        assert (await (await as_person(name)).post(f"{address}/communications", TALK)).status_code == status, name
    assert {entry.member_name for entry in await _log(cast)} == {"何静", "唐一诺"}
