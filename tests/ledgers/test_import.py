"""From a dropped file to stored books: shown first, stored only on a yes, versioned, undone, sealed."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from saas.clients.models import Client
from saas.ledgers.models import Import, LedgerLine, PeriodVersion
from saas.ledgers.store import books
from tests.cast import Cast
from tests.ledgers.importing import HEAD, MARCH, MARCH_CHANGED, People, drop, work

pytestmark = pytest.mark.usefixtures("mailbox_folder")


async def _count(cast: Cast, table: type[Import | LedgerLine | PeriodVersion]) -> int:
    async with cast.transaction() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_nothing_is_stored_before_the_yes(cast: Cast, tea: Client, as_person: People) -> None:
    ben = await as_person("ben")
    address = await drop(cast, ben, tea, MARCH)
    page = await ben.get(address)
    assert "1,600.00" in page.text
    assert "借方" in page.text
    assert await _count(cast, LedgerLine) == 0
    refused = await ben.post(f"{address}/store")
    assert refused.status_code == 403
    assert (await ben.post(f"{address}/store", {"posted": "posted"})).status_code == 303
    await work(cast)
    assert await _count(cast, LedgerLine) == 4
    assert (await ben.post(f"{address}/store", {"posted": "posted"})).status_code == 409
    async with cast.transaction() as session:
        kept = await books(session, tea.id, "small")
        assert kept.lines["debit"].sum() == kept.lines["credit"].sum() == 160_000
        assert kept.lines["posted"].to_list() == [True] * 4


async def test_a_second_version_keeps_the_first_and_can_be_undone(cast: Cast, tea: Client, as_person: People) -> None:
    ben = await as_person("ben")
    for text in (MARCH, MARCH_CHANGED):
        address = await drop(cast, ben, tea, text)
        await ben.post(f"{address}/store", {"posted": "posted"})
        await work(cast)
    assert await _count(cast, LedgerLine) == 8
    async with cast.transaction() as session:
        assert (await books(session, tea.id, "small")).lines["debit"].sum() == 166_000
    assert "记-2" in (await ben.get(address)).text
    assert (await ben.post(f"{address}/undo")).status_code == 303
    async with cast.transaction() as session:
        assert (await books(session, tea.id, "small")).lines["debit"].sum() == 160_000


async def test_a_sealed_period_cannot_be_undone_and_remembers_what_was_sealed(
    cast: Cast, tea: Client, as_person: People
) -> None:
    ben, quinn = await as_person("ben"), await as_person("quinn")
    address = await drop(cast, ben, tea, MARCH)
    await ben.post(f"{address}/store", {"posted": "posted"})
    await work(cast)
    page = f"/f/{cast.firm.slug}/clients/{tea.id}/ledgers"
    assert (await ben.post(f"{page}/seal", {"period": "2026-03"})).status_code == 403
    assert (await quinn.post(f"{page}/seal", {"period": "2026-03"})).status_code == 303
    assert (await ben.post(f"{address}/undo")).status_code == 403
    changed = await drop(cast, ben, tea, MARCH_CHANGED)
    await ben.post(f"{changed}/store", {"posted": "posted"})
    await work(cast)
    async with cast.transaction() as session:
        assert (await books(session, tea.id, "small")).lines["debit"].sum() == 166_000
        assert (await books(session, tea.id, "small", sealed=True)).lines["debit"].sum() == 160_000


async def test_the_same_file_twice_is_said_so(cast: Cast, tea: Client, as_person: People) -> None:
    ben = await as_person("ben")
    address = await drop(cast, ben, tea, MARCH)
    await ben.post(f"{address}/store", {"posted": "posted"})
    await work(cast)
    again = await ben.post(
        f"/f/{cast.firm.slug}/clients/{tea.id}/ledgers", files={"file": ("x.csv", MARCH.encode(), "text/csv")}
    )
    assert again.status_code == 422
    assert address in again.text


async def test_another_companys_books_need_a_second_yes(cast: Cast, tea: Client, as_person: People) -> None:
    ben = await as_person("ben")
    address = await drop(cast, ben, tea, "编制单位：宁波拾光餐饮管理有限公司,,,,,,,\n" + MARCH)
    assert (await ben.post(f"{address}/store", {"posted": "posted"})).status_code == 403
    yes = {"posted": "posted", "accept_other_company": "yes"}
    assert (await ben.post(f"{address}/store", yes)).status_code == 303


ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.csv", b"", "是空的"),
        ("a.exe", b"MZ", "a.exe"),
        ("a.xlsx", b"PK\x03\x04 broken", "已损坏或不完整"),
        ("a.xlsx", ENCRYPTED, "有密码保护"),
        ("a.xlsx", b"\x89PNG\r\n", "PNG"),
        ("a.csv", bytes(range(128, 256)) * 40, "已损坏或属于其他类型"),
    ],
)
async def test_what_is_no_ledger_is_refused_on_the_spot(
    cast: Cast, tea: Client, as_person: People, name: str, content: bytes, sentence: str
) -> None:
    ben = await as_person("ben")
    answer = await ben.post(f"/f/{cast.firm.slug}/clients/{tea.id}/ledgers", files={"file": (name, content)})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert await _count(cast, Import) == 0


async def test_what_only_reading_shows_stands_on_the_imports_page(cast: Cast, tea: Client, as_person: People) -> None:
    ben = await as_person("ben")
    address = await drop(cast, ben, tea, HEAD + "2026-02-30,记-1,收货款,1002,银行存款,1.00,,陆予安\n")
    async with cast.transaction() as session:
        imported = (await session.scalars(select(Import))).one()
    assert imported.state == "unreadable"
    assert "第 2 行：日历上没有 2026-02-30 这一天" in (await ben.get(address)).text
    assert await _count(cast, LedgerLine) == 0


async def test_strangers_and_readers(cast: Cast, tea: Client, as_person: People) -> None:
    address = await drop(cast, await as_person("ben"), tea, MARCH)
    assert (await (await as_person("ada")).get(address)).status_code == 200
    assert (await (await as_person("ada")).post(f"{address}/cancel")).status_code == 403
    assert (await (await as_person("otto")).get(address)).status_code == 404
    assert (await (await as_person("nobody")).get(address)).status_code == 303


async def test_columns_can_be_put_right_and_are_remembered(cast: Cast, tea: Client, as_person: People) -> None:
    """The file has debit and credit under each other's headings."""
    ben = await as_person("ben")
    address = await drop(cast, ben, tea, MARCH)
    async with cast.transaction() as session:
        columns = (await session.scalars(select(Import))).one().preview["sheets"][0]["columns"]
    other = {"借方金额": "credit", "贷方金额": "debit"}
    fields = {
        "heading": [c["heading"] for c in columns],
        "field": [other.get(c["heading"], c["field"] or "") for c in columns],
        "remember": "yes",
    }
    assert (await ben.post(f"{address}/remap", fields)).status_code == 303
    await work(cast)
    assert (await ben.post(f"{address}/store", {"posted": "posted"})).status_code == 303
    await work(cast)
    async with cast.transaction() as session:
        client = (await session.scalars(select(Client).where(Client.id == tea.id))).one()
        assert client.settings["import_mapping"]["借方金额"] == "credit"
        bank = (await books(session, tea.id, "small")).lines.filter(account="1002")
        assert bank["credit"].sum() == 100_000
