"""Lists of the invoice platform, read and held against the books."""

from __future__ import annotations

from pathlib import Path

from saas.checks.catalogue import BY_ID
from saas.checks.finding import Finding
from saas.checks.outside.invoice_matching import Direction
from saas.checks.outside.invoice_reading import InvoiceList, read
from saas.checks.rules.invoice_items import unmatched_invoices
from tests.checks.ledger_text import ledger_of

HEADER = "数电发票号码,开票日期,销方名称,购方名称,金额,税额,价税合计,发票状态,货物或应税劳务名称,税款所属期"
A, B, C, D = (f"2633200000000000{n:04}" for n in (1, 2, 3, 4))
BOOKS = f"""
2026-08-05 记-1 购茶叶 发票{A} | D 1405 1000.00 | D 22210101 130.00 | C 2202 1130.00
2026-08-09 记-2 付广告费 | D 5601 2000.00 | D 22210101 120.00 | C 1002 2120.00
2026-08-20 记-3 购纸箱 发票{C[-8:]} | D 1405 500.00 | D 22210101 65.00 | C 2202 565.00
2026-08-31 记-4 结转损益 | D 3103 2000.00 | C 5601 2000.00
2026-09-30 记-1 计提工资 | D 560201 3000.00 | C 221101 3000.00
2026-09-30 记-2 结转损益 | D 3103 3000.00 | C 560201 3000.00
"""


def row(number: str, day: str, party: str, net: str, tax: str, status: str = "正常", period: str = "") -> str:
    return f"{number},2026-{day},{party},澄屿茶业,{net},{tax},,{status},*茶*茶叶,{period}"


def listed(tmp_path: Path, *rows: str) -> InvoiceList:
    path = tmp_path / "invoices.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", "utf-8")
    return read(path)


def found(tmp_path: Path, *rows: str, direction: Direction = "in", books: str = BOOKS) -> list[Finding]:
    settings = {**BY_ID["N46"].settings, "invoices": {direction: listed(tmp_path, *rows).lines}}
    return unmatched_invoices(ledger_of(books), settings)


WHOLE = (
    row(A, "08-04", "甲公司", "1000.00", "130.00"),
    row(B, "08-08", "乙公司", "2000.00", "120.00"),
    row(C, "08-19", "丙公司", "500.00", "65.00"),
)


def test_goods_lines_are_one_invoice(tmp_path: Path) -> None:
    parts = (row(A, "08-04", "甲公司", "600.00", "78.00"), row(A, "08-04", "甲公司", "400.00", "52.00"))
    lines = listed(tmp_path, *parts, "合计,,,,1000.00,130.00,,,,").lines
    assert lines.select("number", "amount_fen", "tax_fen", "goods").rows() == [(A, 100_000, 13_000, ["茶"])]


def test_silent_where_every_invoice_is_booked(tmp_path: Path) -> None:
    """By the whole number, by its last digits, and by the tax where the books carry no number."""
    assert found(tmp_path, *WHOLE) == []


def test_an_invoice_nobody_booked(tmp_path: Path) -> None:
    [one] = found(tmp_path, *WHOLE, row(D, "08-20", "丁公司", "700.00", "91.00"))
    assert (one.severity, one.object, one.period) == ("medium", f"unbooked@in@{D}", "2026-08")
    [claimed] = found(tmp_path, *WHOLE, row(D, "08-20", "丁公司", "700.00", "91.00", period="202608"))
    assert (claimed.severity, "claimed" in claimed.message.msgid) == ("high", True)


def test_the_last_months_invoices_may_be_under_way(tmp_path: Path) -> None:
    assert found(tmp_path, *WHOLE, row(D, "09-20", "丁公司", "700.00", "91.00")) == []


def test_a_sale_that_was_invoiced_but_not_booked_is_high(tmp_path: Path) -> None:
    [one] = found(tmp_path, row(D, "09-20", "我方", "700.00", "91.00"), direction="out")
    assert one.severity == "high"


def test_void_and_red_invoices_still_in_the_books(tmp_path: Path) -> None:
    rows = (row(A, "08-04", "甲公司", "1000.00", "130.00", "已作废"), *WHOLE[1:2],
            row(C, "08-19", "丙公司", "500.00", "65.00", "已红冲-全额"))  # fmt: skip
    assert sorted(one.object.split("@")[0] for one in found(tmp_path, *rows)) == ["red", "void"]


def test_rows_without_a_number_say_so(tmp_path: Path) -> None:
    result = listed(tmp_path, *WHOLE, row("", "08-20", "丁公司", "7.00", "0.91"), row(D, "08-20", "丁", "x", "0.91"))
    assert (result.lines.height, [reject.row for reject in result.rejects]) == (3, [5, 6])
