"""One row of the acting firm: what everyone else gets is the same Missing."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from saas.clients.models import Client
from saas.kernel import clock
from saas.kernel.errors import Missing
from saas.kernel.identifiers import uuid7
from saas.kernel.rows import own_row
from tests.cast import Cast


async def a_client(cast: Cast) -> Client:
    async with cast.transaction() as session:
        client = Client(number=f"K{uuid7().hex[-8:]}", name="杭州澄屿茶业有限公司", sort_key="cy", pinyin="cy",
                        taxpayer_kind="small", standard="small", created_at=clock.now())  # fmt: skip
        session.add(client)
    return client


async def test_another_firms_row_is_as_missing_as_none(cast: Cast) -> None:
    client = await a_client(cast)
    async with cast.transaction() as session:
        assert (await own_row(session, Client, client.id)).number == client.number
        assert (await own_row(session, Client, client.id, Client.number == client.number)).id == client.id
        for row_id, where in ((uuid7(), []), (client.id, [Client.number == "another"])):
            with pytest.raises(Missing):
                await own_row(session, Client, row_id, *where)
    async with cast.transaction(otto=True) as session:
        with pytest.raises(Missing):
            await own_row(session, Client, client.id)


async def test_a_locked_row_is_as_the_database_has_it_now(cast: Cast) -> None:
    client = await a_client(cast)
    async with cast.transaction() as session:
        before = await own_row(session, Client, client.id)
        async with cast.transaction() as other:
            await other.execute(update(Client).where(Client.id == client.id).values(name="杭州澄屿茶叶有限公司"))
        assert (await own_row(session, Client, client.id)).name == client.name
        assert (await own_row(session, Client, client.id, lock=True)) is before
        assert before.name == "杭州澄屿茶叶有限公司"
