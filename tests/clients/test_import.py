"""Importing a list of clients: shown before it is stored, stored as it was shown, and never twice."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from saas.clients import list_columns, list_reading
from saas.clients.list_template import template
from saas.clients.models import Client, Contact
from saas.kernel.audit import AuditEntry
from saas.kernel.errors import Invalid
from saas.kernel.i18n import Locale, reading
from tests.cast import Browser, Cast, member_id

People = Callable[[str], Awaitable[Browser]]
TEA, TEA_CODE = "杭州澄屿茶业有限公司", "91110000600037341L"
HEADINGS = [
    "客户名称*", "税号", "纳税人身份（一般/小规模）", "会计准则", "行业", "联系人", "邮箱", "电话", "可确认",
    "主办会计", "股东", "接账日期", "备注",
]  # fmt: skip
TEA_ROW = [
    TEA, "9111 0000 6000 3734 1l", "一般纳税人", "企业会计准则", "茶叶", "许承泽", "xu@Example.com", 13800138000,
    "是", "陆予安", "许承泽、周岚", date(2026, 1, 1), "老客户",
]  # fmt: skip
SMALL_ROW = ["临安小店", "", "小规模", "", "", "", "", "", "", "", "", "2026年3月1日", ""]
WRONG_ROW = [
    "写错有限公司",
    TEA_CODE[:-1] + "M",
    "大型",
    "",
    "",
    "",
    "a@b",
    "",
    "也许",
    "没有此人",
    "",
    "2026-02-30",
    "",
]


def workbook(*rows: list[Any], title: bool = True) -> bytes:
    book = Workbook()
    sheet = book.active
    if title:
        sheet.append(["客户清单"])
    for row in (HEADINGS, *rows):
        sheet.append(row)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


async def _preview(person: Browser, cast: Cast, content: bytes, name: str = "客户.xlsx") -> Any:
    return await person.post(f"/f/{cast.firm.slug}/clients/import", files={"file": (name, content)})


def _form(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(sha256|shown|file_name)" value="([^"]*)"', page))


async def _clients(cast: Cast) -> list[Client]:
    async with cast.transaction() as session:
        return list(await session.scalars(select(Client).order_by(Client.number)))


async def test_a_list_is_shown_then_created_and_twice_changes_nothing(cast: Cast, as_person: People) -> None:
    ben = await as_person("ben")
    shown = await _preview(ben, cast, workbook(TEA_ROW, SMALL_ROW, WRONG_ROW, SMALL_ROW))
    assert shown.status_code == 200
    assert await _clients(cast) == []
    for words in ("备注", "大型", "也许", "没有此人", "第 4 行", "接账日期：", "邮箱：", "统一社会信用代码："):
        assert words in shown.text
    form = _form(shown.text)
    for _again in range(2):
        answer = await ben.post(f"/f/{cast.firm.slug}/clients/import/confirm", form)
        assert answer.status_code == 303, answer.text
    tea, shop = await _clients(cast)
    assert (tea.name, tea.uscc, tea.taxpayer_kind, tea.standard) == (TEA, TEA_CODE, "general", "enterprise")
    assert (tea.filing_period, tea.industry, tea.shareholders) == ("month", "茶叶", ["许承泽", "周岚"])
    assert (tea.bookkeeper_id, tea.taken_over_on) == (member_id(cast.ben), date(2026, 1, 1))
    assert (shop.name, shop.taxpayer_kind, shop.standard) == ("临安小店", "small", "small")
    assert (shop.filing_period, shop.taken_over_on) == ("quarter", date(2026, 3, 1))
    async with cast.transaction() as session:
        contact = (await session.scalars(select(Contact))).one()
        entries = (await session.scalars(select(AuditEntry).where(AuditEntry.action == "clients.import"))).all()
    assert (contact.client_id, contact.name, contact.email) == (tea.id, "许承泽", "xu@example.com")
    assert (contact.phone, contact.may_approve, contact.channel) == ("13800138000", True, "email")
    assert [entry.detail["added"] for entry in entries] == [2]


async def test_what_is_there_stays_and_a_changed_register_is_shown_again(cast: Cast, as_person: People) -> None:
    mara = await as_person("mara")
    path = f"/f/{cast.firm.slug}/clients"
    form = _form((await _preview(mara, cast, workbook(TEA_ROW, SMALL_ROW))).text)
    await mara.post(f"{path}/new", {"name": "改过名", "uscc": TEA_CODE, "taxpayer_kind": "small", "standard": "small"})
    again = await mara.post(f"{path}/import/confirm", form)
    assert again.status_code == 409
    assert "K0001" in again.text
    assert [client.name for client in await _clients(cast)] == ["改过名"]
    assert (await mara.post(f"{path}/import/confirm", _form(again.text))).status_code == 303
    assert [client.name for client in await _clients(cast)] == ["改过名", "临安小店"]
    other = list(TEA_ROW)
    other[0], other[1] = "临安小店", TEA_CODE
    assert "K0001" in (await _preview(mara, cast, workbook(other))).text


async def test_a_contact_that_cannot_be_kept_refuses_its_row(cast: Cast, as_person: People) -> None:
    ben = await as_person("ben")
    rows: list[list[Any]] = []
    for name, email, phone in (("许" * 121, "xu@example.com", ""), ("许承泽", "", ""), ("", "", "13800138000")):
        row = list(SMALL_ROW)
        row[0] = f"临安小店{len(rows)}"
        row[5:8] = [name, email, phone]
        rows.append(row)
    shown = await _preview(ben, cast, workbook(*rows))
    assert _form(shown.text) == {}, "nothing is left to confirm"
    for words in ("联系人：", "联系人须有邮箱或电话", "还须填联系人姓名"):
        assert words in shown.text


async def test_who_may_import(cast: Cast, as_person: People) -> None:
    path = f"/f/{cast.firm.slug}/clients/import"
    ben = await as_person("ben")
    form = _form((await _preview(ben, cast, workbook(SMALL_ROW))).text)
    for name, status in (("ben", 200), ("ada", 403), ("cash", 403), ("otto", 404), ("nobody", 303)):
        person = await as_person(name)
        assert (await person.get(path)).status_code == status
        assert (await person.get(f"{path}/template")).status_code == status
        if name != "ben":
            assert (await _preview(person, cast, workbook(SMALL_ROW))).status_code == status
            assert (await person.post(f"{path}/confirm", form)).status_code == status
    assert await _clients(cast) == []
    otto = await as_person("otto")
    own = f"/f/{cast.other_firm.slug}/clients/import/confirm"
    assert (await otto.post(own, form)).status_code == 404, "another firm's file is no file of theirs"


@pytest.mark.parametrize("locale", ["zh", "en"])
async def test_the_template_can_be_filled_in_and_read(locale: Locale) -> None:
    with reading(locale):
        content = template(["陆予安", "林小满"])
    book = load_workbook(BytesIO(content))
    sheet = book.worksheets[0]
    assert book.worksheets[1].max_row > len(list_columns.COLUMNS)
    with pytest.raises(Invalid):
        await list_reading.read(content)  # the example alone is no client
    offers = sheet.data_validations.dataValidation
    choices = {next(iter(v.sqref.ranges)).min_col: v.formula1.strip('"').split(",") for v in offers}
    for row, pick in ((3, 0), (4, -1)):
        sheet.cell(row, 1).value = f"客户{row}"
        for column, offered in choices.items():
            sheet.cell(row, column).value = offered[pick]
    filled = BytesIO()
    book.save(filled)
    listed = await list_reading.read(filled.getvalue())
    assert listed.not_taken == []
    assert [row.row for row in listed.rows] == [3, 4]
    assert set(listed.rows[0].cells) == {column.key for column in list_columns.COLUMNS}
    assert len(choices) == 4
    for line in listed.rows:
        assert list_columns.meaning(list_columns.KINDS, line.cells["taxpayer_kind"])
        assert list_columns.meaning(list_columns.STANDARDS, line.cells["standard"])
        assert list_columns.meaning(list_columns.ANSWERS, line.cells["may_approve"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_text_is_read_in_each_encoding(encoding: str) -> None:
    listed = await list_reading.read("Company;VAT status\n临安小店;Small-scale\n".encode(encoding))
    assert [(row.row, row.cells) for row in listed.rows] == [(2, {"name": "临安小店", "taxpayer_kind": "Small-scale"})]


def far_off() -> bytes:
    """A cell in the last corner that the format knows: unpacked, it would ask for the machine's memory."""
    book = Workbook()
    book.active["XFD1048576"] = "x"
    content = BytesIO()
    book.save(content)
    return content.getvalue()


GOOD = workbook(SMALL_ROW)
BAD = {
    "empty": b"",
    "cut off": GOOD[: len(GOOD) // 2],
    "far off": far_off(),
    "no archive": b"PK\x03\x04 and no more",
    "encrypted": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "no heading": "甲,乙\n1,2\n".encode(),
    "no taxpayer": "名称\n临安小店\n".encode(),
    "nothing below": "名称,纳税人身份\n".encode(),
    "too many": "名称,纳税人身份\n".encode() + "店,小规模\n".encode() * (list_reading.MOST_ROWS + 1),
    "too large": b"x" * (list_reading.LARGEST + 1),
}


@pytest.mark.parametrize("kind", BAD)
async def test_a_bad_file_gets_a_sentence(kind: str) -> None:
    with pytest.raises(Invalid) as refusal:
        await list_reading.read(BAD[kind])
    assert str(refusal.value.reason).endswith((".", "。"))


async def test_a_refused_file_comes_back_with_its_reason(cast: Cast, as_person: People) -> None:
    ben = await as_person("ben")
    assert (await _preview(ben, cast, BAD["cut off"])).status_code == 422
    assert (await ben.post(f"/f/{cast.firm.slug}/clients/import")).status_code == 422
    stray = {"sha256": "0" * 64, "shown": "0", "file_name": "x"}
    assert (await ben.post(f"/f/{cast.firm.slug}/clients/import/confirm", stray)).status_code == 404
