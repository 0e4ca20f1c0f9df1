"""Contacts who come and go, contracts and receipts, archived clients and merged ones."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import select

from saas.clients.models import Client, Contact, Contract, Receipt
from saas.clients.queries import approvers
from saas.kernel.money import Money
from tests.cast import Browser, Cast

People = Callable[[str], Awaitable[Browser]]
TEA = "杭州澄屿茶业有限公司"
CODES = ("91110000600037341L", "91330106MA2CFLDG4R")
CONTRACT = {
    "number": "HT-2026-01", "starts_on": "2026-01-01", "ends_on": "2026-12-31", "paid_months": "12",
    "price": "4,800.00", "list_month": "450",
}  # fmt: skip
RECEIPT = {"received_on": "2026-01-08", "amount": "4800", "payer": TEA, "reference": "20260108001"}
CONTACT = {"name": "许承泽", "email": "XU@Example.COM", "may_approve": "yes", "locale": "both"}


async def _client(cast: Cast, person: Browser, name: str = TEA, uscc: str = "") -> str:
    fields = {"name": name, "uscc": uscc, "taxpayer_kind": "small", "standard": "small"}
    answer = await person.post(f"/f/{cast.firm.slug}/clients/new", fields)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def test_a_contact_is_changed_and_leaves(cast: Cast, as_person: People) -> None:
    ben = await as_person("ben")
    address = await _client(cast, ben)
    await ben.post(f"{address}/contacts", CONTACT)
    async with cast.transaction() as session:
        contact = (await session.scalars(select(Contact))).one()
    assert (contact.email, contact.locale, contact.may_approve) == ("XU@example.com", "both", True)
    one = f"{address}/contacts/{contact.id}"
    for wrong in ({"email": "no address"}, {"email": ""}, {"channel": "wechat"}, {"name": ""}):
        answer = await ben.post(one, {**CONTACT, **wrong})
        assert answer.status_code == 422, wrong
    changed = {"name": "许承泽", "phone": "13800138000", "channel": "phone", "hours": "下午",
               "wishes": "先电话后发函"}  # fmt: skip
    assert (await ben.post(one, changed)).status_code == 303
    shown = (await ben.get(address)).text
    assert "电话 · 13800138000 · 中文 · 下午 · 先电话后发函" in shown
    for name, status in (("ada", 403), ("cash", 403), ("otto", 404), ("nobody", 303)):
        assert (await (await as_person(name)).post(f"{one}/leave")).status_code == status
    async with cast.transaction() as session:
        contact = (await session.scalars(select(Contact))).one()
        assert (contact.hours, contact.may_approve, contact.left_at) == ("下午", False, None)
    await ben.post(one, CONTACT)
    assert (await ben.post(f"{one}/leave")).status_code == 303
    async with cast.transaction() as session:
        contact = (await session.scalars(select(Contact))).one()
        first = contact.left_at
        assert first is not None
        assert await approvers(session, contact.client_id) == []
    await ben.post(f"{one}/leave")
    async with cast.transaction() as session:
        assert (await session.scalars(select(Contact))).one().left_at == first
    stranger = await _client(cast, ben, "别家")
    assert (await ben.post(one.replace(address, stranger), CONTACT)).status_code == 404


async def test_contracts_and_what_was_paid(cast: Cast, as_person: People) -> None:
    ben = await as_person("ben")
    address = await _client(cast, ben)
    assert (await ben.post(f"{address}/contracts", CONTRACT)).status_code == 303
    for wrong in ({}, {"number": "HT-2", "ends_on": "2025-12-31"}, {"number": "HT-2", "price": "4.800,00"}):
        assert (await ben.post(f"{address}/contracts", {**CONTRACT, **wrong})).status_code == 422, wrong
    async with cast.transaction() as session:
        contract = (await session.scalars(select(Contract))).one()
    assert (contract.price, contract.list_month) == (Money.of("4800"), Money.of("450"))
    path = f"{address}/contracts/{contract.id}/receipts"
    assert (await ben.post(path, {**RECEIPT, "amount": "-1"})).status_code == 422
    assert (await ben.post(path, {**RECEIPT, "amount": "3000"})).status_code == 303
    assert (await ben.post(path, {**RECEIPT, "amount": "1799.99"})).status_code == 303
    async with cast.transaction() as session:
        assert sorted(r.amount.fen for r in await session.scalars(select(Receipt))) == [179_999, 300_000]
    assert "4,799.99" in (await ben.get(address)).text
    assert (await (await as_person("ada")).post(path, RECEIPT)).status_code == 403
    assert (await (await as_person("otto")).post(path, RECEIPT)).status_code == 404
    assert (await (await as_person("nobody")).post(path, RECEIPT)).status_code == 303
    stranger = await _client(cast, ben, "别家")
    assert (await ben.post(path.replace(address, stranger), RECEIPT)).status_code == 404


async def test_a_cashier_records_money_received_and_nothing_else(cast: Cast, as_person: People) -> None:
    ben, cash = await as_person("ben"), await as_person("cash")
    address = await _client(cast, ben)
    await ben.post(f"{address}/contracts", CONTRACT)
    async with cast.transaction() as session:
        contract = (await session.scalars(select(Contract))).one()
    path = f"{address}/contracts/{contract.id}/receipts"
    page = (await cash.get(address)).text
    assert f'action="{path}"' in page
    assert f'action="{address}/contracts"' not in page
    for _time in range(2):  # the form sent twice is one payment
        assert (await cash.post(path, RECEIPT)).status_code == 303
    assert (await cash.post(f"{address}/contracts", CONTRACT)).status_code == 403
    assert (await cash.post(path, {**RECEIPT, "reference": "20260108002"})).status_code == 303
    async with cast.transaction() as session:
        assert sorted(r.reference for r in await session.scalars(select(Receipt))) == ["20260108001", "20260108002"]


async def test_no_id_stands_twice_on_a_clients_page(cast: Cast, as_person: People) -> None:
    ben = await as_person("ben")
    address = await _client(cast, ben)
    for name in ("许承泽", "叶知秋"):
        await ben.post(f"{address}/contacts", {**CONTACT, "name": name})
    for number in ("HT-1", "HT-2"):
        await ben.post(f"{address}/contracts", {**CONTRACT, "number": number})
    ids = re.findall(r'\sid="([^"]+)"', (await ben.get(address)).text)
    assert len(ids) > 40
    assert [one for one, count in Counter(ids).items() if count > 1] == []


async def test_an_archived_client_can_be_brought_back(cast: Cast, as_person: People) -> None:
    mara = await as_person("mara")
    address = await _client(cast, mara)
    listed = f"/f/{cast.firm.slug}/clients"
    for name, status in (("ben", 403), ("quinn", 403), ("otto", 404), ("nobody", 303)):
        assert (await (await as_person(name)).post(f"{address}/archive")).status_code == status
    for deed, here, elsewhere in (("archive", "?archived=true", ""), ("restore", "", "?archived=true")):
        for _twice in range(2):
            assert (await mara.post(f"{address}/{deed}")).status_code == 303
        assert TEA in (await mara.get(f"{listed}{here}")).text
        assert TEA not in (await mara.get(f"{listed}{elsewhere}")).text
    assert (await mara.get(address)).text.count("客户已归档") <= 1


@pytest.mark.parametrize("case", ["itself", "another company", "archived", "nothing"])
async def test_what_cannot_be_merged(case: str, cast: Cast, as_person: People) -> None:
    mara = await as_person("mara")
    first, second = await _client(cast, mara, uscc=CODES[0]), await _client(cast, mara, "别家", CODES[1])
    if case == "archived":
        await mara.post(f"{second}/archive")
    target = {"itself": first, "another company": second, "archived": second, "nothing": ""}[case]
    answer = await mara.post(f"{first}/merge", {"into_id": target.rpartition("/")[2]})
    assert answer.status_code == 422
    async with cast.transaction() as session:
        assert [c.merged_into_id for c in await session.scalars(select(Client))] == [None, None]


async def test_a_merged_client_gives_its_contracts_and_number_and_is_not_merged_twice(
    cast: Cast, as_person: People
) -> None:
    mara = await as_person("mara")
    first, second = await _client(cast, mara), await _client(cast, mara, "澄屿茶业", CODES[0])
    await mara.post(f"{second}/contracts", CONTRACT)
    for _twice in range(2):
        answer = await mara.post(f"{second}/merge", {"into_id": first.rpartition("/")[2]})
        assert answer.headers["location"] == first
    await mara.post(f"{second}/restore")
    async with cast.transaction() as session:
        signpost = (await session.scalars(select(Client).where(Client.merged_into_id.is_not(None)))).one()
        kept = (await session.scalars(select(Client).where(Client.merged_into_id.is_(None)))).one()
        contract = (await session.scalars(select(Contract))).one()
    assert (signpost.name, signpost.uscc, kept.uscc, contract.client_id) == ("澄屿茶业", "", CODES[0], kept.id)
    assert signpost.archived_at is not None
