"""Clients: who may see and change them, and what is refused in words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy import select

from saas.clients.models import Client, Communication, Contact
from tests.cast import Browser, Cast

People = Callable[[str], Awaitable[Browser]]
TEA = {"name": "杭州澄屿茶业有限公司", "uscc": "91110000600037341L", "taxpayer_kind": "general", "standard": "small"}


async def _add(cast: Cast, person: Browser, **changes: str) -> str:
    answer = await person.post(f"/f/{cast.firm.slug}/clients/new", {**TEA, **changes})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def test_a_bookkeeper_adds_a_client_and_everyone_finds_it(cast: Cast, as_person: People) -> None:
    address = await _add(cast, await as_person("ben"))
    for name in ("ben", "ada", "paula"):
        page = await (await as_person(name)).get(address)
        assert page.status_code == 200
        assert TEA["name"] in page.text
    assert (await (await as_person("otto")).get(address)).status_code == 404
    found = await (await as_person("ada")).get(f"/f/{cast.firm.slug}/clients?q=hangzhou")
    assert TEA["name"] in found.text


async def test_an_auditor_changes_nothing(cast: Cast, as_person: People) -> None:
    assert (await (await as_person("ada")).post(f"/f/{cast.firm.slug}/clients/new", TEA)).status_code == 403


async def test_a_wrong_or_taken_number_is_refused_and_the_input_stays(cast: Cast, as_person: People) -> None:
    ben = await as_person("ben")
    await _add(cast, ben)
    for uscc in ("91110000600037341M", TEA["uscc"]):
        answer = await ben.post(f"/f/{cast.firm.slug}/clients/new", {**TEA, "name": "第二家", "uscc": uscc})
        assert answer.status_code == 422
        assert 'value="第二家"' in answer.text
    async with cast.transaction() as session:
        assert len((await session.scalars(select(Client))).all()) == 1


async def test_an_exchange_is_kept_with_its_person(cast: Cast, as_person: People) -> None:
    ben = await as_person("ben")
    address = await _add(cast, ben)
    fields = {"name": "许承泽", "email": "xu@example.com", "may_approve": "yes"}
    assert (await ben.post(f"{address}/contacts", fields)).status_code == 303
    async with cast.transaction() as session:
        contact = (await session.scalars(select(Contact))).one()
    talk = {"channel": "phone", "direction": "out", "summary": "问清设备用途", "contact_id": str(contact.id)}
    assert (await ben.post(f"{address}/communications", talk)).status_code == 303
    async with cast.transaction() as session:
        entry = (await session.scalars(select(Communication))).one()
        assert (entry.contact_name, entry.member_name, entry.summary) == ("许承泽", "陆予安", "问清设备用途")
    assert "问清设备用途" in (await ben.get(address)).text
    assert (await ben.post(f"{address}/communications", {**talk, "contact_id": ""})).status_code == 422


async def test_merging_moves_people_and_leaves_a_signpost(cast: Cast, as_person: People) -> None:
    mara = await as_person("mara")
    first = await _add(cast, mara)
    second = await _add(cast, mara, name="澄屿茶业", uscc="")
    await mara.post(f"{second}/contacts", {"name": "周岚", "phone": "13800138000", "channel": "phone"})
    answer = await mara.post(f"{second}/merge", {"into_id": first.rpartition("/")[2]})
    assert answer.headers["location"] == first
    assert "周岚" in (await mara.get(first)).text
    assert TEA["name"] in (await mara.get(second)).text
    assert (
        await (await as_person("ben")).post(f"{first}/merge", {"into_id": second.rpartition("/")[2]})
    ).status_code == 403
