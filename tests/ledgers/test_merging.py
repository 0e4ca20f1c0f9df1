"""Two clients become one: whose books count afterwards."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy import select

from saas.clients.models import Client
from saas.kernel import clock
from saas.ledgers.models import Import, PeriodVersion
from saas.ledgers.queries import voucher_lines
from saas.ledgers.store import books
from tests.cast import Browser, Cast
from tests.ledgers.importing import MARCH, MARCH_CHANGED, drop, work

People = Callable[[str], Awaitable[Browser]]
APRIL = MARCH.replace("2026-03-05", "2026-04-05").replace("2026-03-31", "2026-04-30").replace("600.00", "440.00")


async def _client(cast: Cast, number: str) -> Client:
    async with cast.transaction() as session:
        client = Client(
            number=number, name=f"澄屿{number}", sort_key=number, pinyin="", taxpayer_kind="small", standard="small",
            created_at=clock.now(),
        )  # fmt: skip
        session.add(client)
    return client


async def _store(cast: Cast, person: Browser, client: Client, text: str) -> None:
    address = await drop(cast, person, client, text)
    assert (await person.post(f"{address}/store", {"posted": "posted"})).status_code == 303
    await work(cast)


async def test_missing_periods_follow_and_those_both_have_stay(
    cast: Cast, as_person: People, mailbox_folder: object
) -> None:
    mara = await as_person("mara")
    into, merged = await _client(cast, "K1"), await _client(cast, "K2")
    await _store(cast, mara, into, MARCH)
    await _store(cast, mara, merged, MARCH_CHANGED)
    await _store(cast, mara, merged, APRIL)
    answer = await mara.post(f"/f/{cast.firm.slug}/clients/{merged.id}/merge", {"into_id": str(into.id)})
    assert answer.status_code == 303
    page = (await mara.get(f"/f/{cast.firm.slug}/clients/{into.id}")).text
    assert "2026-03" in page, "the client's page names the months whose books it has"
    assert "2026-04" in page
    async with cast.transaction() as session:
        mine, left = await books(session, into.id, "small"), await books(session, merged.id, "small")
        assert mine.lines["debit"].sum() == 160_000 + 144_000
        assert left.lines["debit"].sum() == 166_000, "March of the merged client can still be read"
        april = mine.lines.filter(mine.lines["period"] == "2026-04")
        assert len(await voucher_lines(session, into.id, april["voucher"][0])) == 2
        owners = (await session.scalars(select(Import.client_id))).all()
        periods = (await session.execute(select(PeriodVersion.period, PeriodVersion.client_id))).all()
    assert set(owners) == {into.id}
    assert {tuple(p) for p in periods} == {("2026-03", into.id), ("2026-03", merged.id), ("2026-04", into.id)}
