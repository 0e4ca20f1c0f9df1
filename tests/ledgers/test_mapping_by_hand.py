"""Files whose headings nobody knows: the person says what each column holds, sees it at once, and is remembered."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from saas.clients.models import Client
from saas.ledgers.models import Import
from saas.ledgers.store import books
from tests.cast import Browser, Cast
from tests.ledgers.importing import People, drop, work

pytestmark = pytest.mark.usefixtures("mailbox_folder")

IN_OUT = """When,Slip,Wording,Konto,In,Out
2026-03-05,1,收货款,1002,1000.00,
2026-03-05,1,收货款,1122,,1000.00
2026-03-31,2,付房租,5602,600.00,
2026-03-31,2,付房租,1002,,600.00
"""
SIGNED = """When,Slip,Konto,Betrag
2026-03-05,1,1002,1000.00
2026-03-05,1,1122,-1000.00
"""
MARKED = """When,Slip,Konto,Betrag,S/H?
2026-03-05,1,1002,1000.00,借
2026-03-05,1,1122,1000.00,贷
"""
BARE = "2026-03-05,记-1,1002,1000.00,\n2026-03-05,记-1,1122,,1000.00\n"
COMMON = {"When": "date", "Slip": "number", "Wording": "summary", "Konto": "account"}


def fields_for(imported: Import, chosen: dict[str, str]) -> dict[str, Any]:
    headings = [column["heading"] for column in imported.preview["sheets"][0]["columns"]]
    return {"heading": headings, "field": [chosen.get(h, "") for h in headings], "remember": "yes"}


async def newest(cast: Cast) -> Import:
    async with cast.transaction() as session:
        return (await session.scalars(select(Import).order_by(Import.uploaded_at.desc()).limit(1))).one()


async def read_as(cast: Cast, ben: Browser, tea: Client, text: str, chosen: dict[str, str]) -> tuple[str, Import]:
    """Drop the file, choose the columns, have it read again."""
    address = await drop(cast, ben, tea, text)
    imported = await newest(cast)
    assert (imported.state, imported.preview["lines"]) == ("previewed", 0)
    assert (await ben.post(f"{address}/remap", fields_for(imported, chosen))).status_code == 303
    await work(cast)
    return address, await newest(cast)


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        (IN_OUT, {**COMMON, "In": "debit", "Out": "credit"}),
        (SIGNED, {**COMMON, "Betrag": "signed_amount"}),
        (MARKED, {**COMMON, "Betrag": "amount", "S/H?": "side"}),
        (BARE, {"A": "date", "B": "number", "C": "account", "D": "debit", "E": "credit"}),
    ],
)
async def test_every_way_of_writing_amounts_can_be_chosen(
    cast: Cast, tea: Client, as_person: People, text: str, chosen: dict[str, str]
) -> None:
    ben = await as_person("ben")
    address, imported = await read_as(cast, ben, tea, text, chosen)
    assert (imported.preview["difference_fen"], imported.preview["unbalanced"]) == (0, [])
    assert imported.layout == "generic"
    assert (await ben.post(f"{address}/store", {"posted": "posted"})).status_code == 303
    await work(cast)
    async with cast.transaction() as session:
        kept = (await books(session, tea.id, "small")).lines
    assert kept.filter(account="1122")["credit"].sum() == kept.filter(account="1002")["debit"].sum() == 100_000


async def test_a_choice_shows_at_once_what_would_be_read(cast: Cast, tea: Client, as_person: People) -> None:
    ben = await as_person("ben")
    address = await drop(cast, ben, tea, IN_OUT)
    shown = (await ben.get(address)).text
    assert f'hx-post="{address}/sample"' in shown
    imported = await newest(cast)
    unfinished = (await ben.post(f"{address}/sample", fields_for(imported, {**COMMON, "In": "debit"}))).text
    assert "还需指定以下各项才能读取：贷方" in unfinished
    complete = fields_for(imported, {**COMMON, "In": "debit", "Out": "credit"})
    whole = (await ben.post(f"{address}/sample", complete)).text
    assert whole.count("1,600.00") == 2
    assert "收货款" in whole
    assert "请确认 0 %" in shown, "a column that nobody knows is not sure to be of no use"
    assert (await newest(cast)).mapping == {}, "a preview keeps nothing"


async def test_a_stranger_gets_no_sample(cast: Cast, tea: Client, as_person: People) -> None:
    address = await drop(cast, await as_person("ben"), tea, IN_OUT)
    for person, status in (("ada", 403), ("otto", 404), ("nobody", 303)):
        assert (await (await as_person(person)).post(f"{address}/sample", {})).status_code == status


async def test_the_next_file_of_the_client_is_read_without_asking(cast: Cast, tea: Client, as_person: People) -> None:
    ben = await as_person("ben")
    address, _imported = await read_as(cast, ben, tea, IN_OUT, {**COMMON, "In": "debit", "Out": "credit"})
    await ben.post(f"{address}/store", {"posted": "posted"})
    await work(cast)
    await drop(cast, ben, tea, IN_OUT.replace("2026-03", "2026-05"))
    again = await newest(cast)
    assert (again.preview["lines"], again.preview["debit_fen"], again.first_period) == (4, 160_000, "2026-05")


async def test_columns_that_make_no_rows_are_chosen_again(cast: Cast, tea: Client, as_person: People) -> None:
    """A wrong choice is no dead end: the import stays open with the reason."""
    ben = await as_person("ben")
    wrong = {**COMMON, "In": "account", "Out": "account_name", "Konto": "signed_amount", "Wording": "date", "When": ""}
    address, imported = await read_as(cast, ben, tea, IN_OUT, wrong)
    assert imported.state == "previewed"
    assert (await ben.post(f"{address}/store", {"posted": "posted"})).status_code == 403
    right = fields_for(imported, {**COMMON, "In": "debit", "Out": "credit"})
    await ben.post(f"{address}/remap", right)
    await work(cast)
    assert (await newest(cast)).preview["lines"] == 4
