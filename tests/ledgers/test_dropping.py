"""A file dropped on the page of all ledgers: for a client, or for one who only has a name yet."""

from __future__ import annotations

from sqlalchemy import select

from saas.clients.models import Client
from saas.ledgers.models import Import
from tests.cast import Cast
from tests.ledgers.importing import MARCH, People

CSV = {"file": ("三月.csv", MARCH.encode(), "text/csv")}


async def _names(cast: Cast) -> list[str]:
    async with cast.transaction() as session:
        return list(await session.scalars(select(Client.name).where(Client.firm_id == cast.firm.id)))


async def test_a_new_firm_needs_a_name_and_a_file_only(cast: Cast, as_person: People) -> None:
    ben, page = await as_person("ben"), f"/f/{cast.firm.slug}/ledgers"
    assert (
        await ben.post(page, {"name": "杭州澄屿茶业有限公司"}, files={"file": ("空.csv", b"", "text/csv")})
    ).status_code == 422
    assert (await ben.post(page, {"name": " "}, files=CSV)).status_code == 422
    assert await _names(cast) == []  # what is refused leaves no client behind
    taken = await ben.post(page, {"name": "杭州澄屿茶业有限公司"}, files=CSV)
    assert taken.status_code == 303
    assert await _names(cast) == ["杭州澄屿茶业有限公司"]
    again = await ben.post(page, {"name": "杭州澄屿茶业有限公司"}, files=CSV)
    assert "已有同名客户" in again.text
    async with cast.transaction() as session:
        client = (await session.scalars(select(Client).where(Client.firm_id == cast.firm.id))).one()
    assert f'value="{client.id}"' in (await ben.get(page)).text
    two = {"file": ("四月.csv", MARCH.replace("2026-03", "2026-04").encode(), "text/csv")}
    assert (await ben.post(page, {"client_id": str(client.id)}, files=two)).status_code == 303
    async with cast.transaction() as session:
        imports = (await session.scalars(select(Import).where(Import.firm_id == cast.firm.id))).all()
    assert {found.client_id for found in imports} == {client.id}
    assert len(imports) == 2
    otto = await as_person("otto")
    assert (await otto.post(page, {"name": "x"}, files=CSV)).status_code == 404
