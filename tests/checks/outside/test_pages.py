"""Importing a statement, reading the reconciliation, matching by hand; the findings follow."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy import select

from saas.checks import jobs
from saas.checks.models import FoundAnomaly
from saas.checks.outside import supplied
from saas.clients.models import Client
from tests.cases import story
from tests.cast import Browser, Cast

AsPerson = Callable[[str], Awaitable[Browser]]
BOOKS = """
2026-08-31 记-1 收投资款 | D 100201 10000.00 | C 3001 10000.00
2026-09-02 记-1 收甲公司货款 | D 100201 5000.00 | C 1122 5000.00
2026-09-10 记-2 付房租 | D 560201 3000.00 | C 100201 3000.00
2026-09-30 记-3 结转损益 | D 3103 3000.00 | C 560201 3000.00
"""
STATEMENT = """账号：3301 0400 1600 5678
交易日期,对方户名,摘要,收入,支出,余额
2026-09-02,甲公司,货款,5000.00,,15000.00
2026-09-20,房东,房租,,3000.00,12000.00
2026-09-21,,网银手续费,,15.00,11985.00
"""


async def client_with_books(cast: Cast) -> Client:
    client, _contact = await story.make_client(cast)
    await story.import_text(cast, client, BOOKS)
    return client


def file(text: str = STATEMENT, name: str = "对账单.csv") -> dict[str, tuple[str, bytes, str]]:
    return {"file": (name, text.encode(), "text/csv")}


async def found(cast: Cast, client: Client) -> set[str]:
    """Open findings of N55, after the rules ran again."""
    async with cast.transaction() as session:
        await jobs.run(session, str(client.id))
    async with cast.transaction() as session:
        query = select(FoundAnomaly).where(FoundAnomaly.client_id == client.id, FoundAnomaly.rule == "N55")
        rows = (await session.scalars(query)).all()
        return {row.object for row in rows if row.gone_at is None}


async def test_a_statement_becomes_findings_and_a_reconciliation(cast: Cast, as_person: AsPerson) -> None:
    client = await client_with_books(cast)
    at = f"/f/{cast.firm.slug}/clients/{client.id}"
    ben = await as_person("ben")
    form = {"kind": "bank", "account": "100201"}
    sent = await ben.post(f"{at}/statements", form, file())
    assert (sent.status_code, sent.headers["location"]) == (303, f"{at}/reconciliation?account=100201")
    assert (await ben.post(f"{at}/statements", form, file())).status_code == 303
    async with cast.transaction() as session:
        [kept] = await supplied.files(session, client.id)
        assert (kept.line_count, kept.printed, kept.closing_fen) == (3, "5678", 1_198_500)
    fee, late = "statement@100201@2026-09-21@-1500@0", "statement@100201@2026-09-20@-300000@0"
    assert await found(cast, client) == {fee, late, "books@100201@2026-09 记-2#0"}
    shown = (await ben.get(f"{at}/reconciliation?account=100201")).text
    assert all(word in shown for word in ("11,985.00", "网银手续费", "记-2"))
    pair = {"account": "100201", "statement_key": "100201@2026-09-20@-300000@0", "books_key": "2026-09 记-2#0"}
    assert (await ben.post(f"{at}/reconciliation/pair", pair)).status_code == 303
    assert (await ben.post(f"{at}/reconciliation/pair", pair)).status_code == 409
    assert await found(cast, client) == {fee}
    assert (await ben.post(f"{at}/reconciliation/unpair", pair)).status_code == 303
    assert late in await found(cast, client)
    await ben.post(f"{at}/statements/{kept.id}/undo")
    await ben.post(f"{at}/statements/{kept.id}/undo")
    assert await found(cast, client) == set()


async def test_a_statement_of_another_account_is_refused_in_words(cast: Cast, as_person: AsPerson) -> None:
    client = await client_with_books(cast)
    at = f"/f/{cast.firm.slug}/clients/{client.id}/statements"
    ben, form = await as_person("ben"), {"kind": "bank", "account": "100201"}
    await ben.post(at, form, file())
    other = STATEMENT.replace("5678", "9999").replace("2026-09", "2026-10")
    refused = await ben.post(at, form, file(other))
    assert refused.status_code == 422
    assert all(digits in refused.text for digits in ("9999", "5678"))
    assert (await ben.post(at, {**form, "anyway": "yes"}, file(other))).status_code == 303


async def test_overlapping_files_count_once(cast: Cast, as_person: AsPerson) -> None:
    client = await client_with_books(cast)
    at = f"/f/{cast.firm.slug}/clients/{client.id}/statements"
    ben, form = await as_person("ben"), {"kind": "bank", "account": "100201"}
    await ben.post(at, form, file())
    await ben.post(at, form, file(STATEMENT + "2026-09-28,乙公司,货款,100.00,,12085.00\n"))
    async with cast.transaction() as session:
        every = await supplied.files(session, client.id)
        assert (await supplied.statement(session, every, "100201")).height == 4


async def test_bad_input_gets_a_sentence(cast: Cast, as_person: AsPerson) -> None:
    client = await client_with_books(cast)
    at = f"/f/{cast.firm.slug}/clients/{client.id}/statements"
    ben = await as_person("ben")
    assert (await ben.post(at, {"kind": "bank", "account": "100201"})).status_code == 422
    assert (await ben.post(at, {"kind": "bank", "account": "5602"}, file())).status_code == 422
    for text in ("姓名,工资\n张三,5000\n", "交易日期,收入,支出,余额\n2026-99-01,x,y,z\n", "\x00\x01"):
        assert (await ben.post(at, {"kind": "bank", "account": "100201"}, file(text))).status_code == 422


async def test_invoices_come_the_same_way(cast: Cast, as_person: AsPerson) -> None:
    client = await client_with_books(cast)
    at = f"/f/{cast.firm.slug}/clients/{client.id}/statements"
    text = "发票号码,开票日期,销方名称,金额,税额\n26332000000000000001,2026-08-08,乙公司,700.00,91.00\n"
    sent = await (await as_person("ben")).post(at, {"kind": "in"}, file(text, "进项.csv"))
    assert (sent.status_code, sent.headers["location"]) == (303, at)
    async with cast.transaction() as session:
        await jobs.run(session, str(client.id))
    assert "N46" in {row.rule for row in await story.findings(cast, client)}


async def test_who_may(cast: Cast, as_person: AsPerson) -> None:
    client = await client_with_books(cast)
    at = f"/f/{cast.firm.slug}/clients/{client.id}"
    await (await as_person("ben")).post(f"{at}/statements", {"kind": "bank", "account": "100201"}, file())
    for name, status in (("ben", 200), ("ada", 200), ("otto", 404), ("nobody", 303)):
        for path in ("statements", "reconciliation?account=100201"):
            assert (await (await as_person(name)).get(f"{at}/{path}")).status_code == status
    refused = await (await as_person("ada")).post(f"{at}/statements", {"kind": "bank", "account": "100201"}, file())
    assert refused.status_code == 403
    assert (await (await as_person("ben")).get(f"{at}/reconciliation?account=100299")).status_code == 404
