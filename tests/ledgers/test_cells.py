"""Cells: dates, periods, times, voucher numbers, accounts."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas.ledgers.reading import accounts, dates, numbers
from saas.ledgers.reading.accounts import AccountCell
from saas.ledgers.reading.dates import Month
from saas.ledgers.reading.numbers import Number

NOTATIONS = {
    "iso": lambda d: f"{d:%Y-%m-%d}",
    "slashes": lambda d: f"{d.year}/{d.month}/{d.day}",
    "dots": lambda d: f"{d.year}.{d.month}.{d.day}",
    "compact": lambda d: f"{d:%Y%m%d}",
    "chinese": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "with time": lambda d: f"{d:%Y-%m-%d} 00:00:00",
    "iso time": lambda d: f"{d:%Y-%m-%d}T08:30:00",
    "serial": lambda d: str((d - date(1899, 12, 30)).days),
    "serial float": lambda d: f"{(d - date(1899, 12, 30)).days}.5",
    "compact float": lambda d: f"{d:%Y%m%d}.0",
    "full width": lambda d: "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in f"{d:%Y-%m-%d}"),
    "american": lambda d: f"{d.month}/{d.day}/{d.year}",
    "named": lambda d: f"{d:%d-%b-%Y}",
    "named short": lambda d: f"{d:%d-%b-%y}" if d.year >= 2000 else f"{d:%d-%b-%Y}",
    "named with time": lambda d: f"{d:%d-%b-%Y} 10:11:12",
    "named american": lambda d: f"{d:%b %d, %Y}",
}


@given(day=st.dates(date(1990, 1, 1), date(2090, 12, 31)), notation=st.sampled_from(sorted(NOTATIONS)))
def test_every_notation_of_a_day(day: date, notation: str) -> None:
    assert dates.day(NOTATIONS[notation](day)) == day


def test_day_first() -> None:
    assert dates.order_of(["03/04/2026", "15/04/2026"]) == "dmy"
    assert dates.order_of(["03/04/2026", "04/15/2026"]) == "mdy"
    assert dates.day("03/04/2026", order="dmy") == date(2026, 4, 3)
    assert dates.day("15.03.2026", order="dmy") == date(2026, 3, 15)


def test_two_digits_of_a_year() -> None:
    assert dates.day("3/5/26") == date(2026, 3, 5)
    assert dates.day("5/3/26", order="dmy") == date(2026, 3, 5)
    assert dates.day("26/3/5", year=2026) == date(2026, 3, 5)


def test_the_order_that_keeps_time_running_forward() -> None:
    assert dates.order_of(["01/02/2026", "05/02/2026", "01/03/2026", "02/03/2026"]) == "dmy"
    assert dates.order_of(["02/01/2026", "02/05/2026", "03/01/2026", "03/02/2026"]) == "mdy"
    assert dates.order_of(["03/04/2026"]) == "mdy"
    assert dates.order_of(["03.04.2026"]) == "dmy"


@pytest.mark.parametrize("text", ["2026-02-30", "20260230", "2026年13月1日", "2026/4/31", "2025.2.29", "02/30/2026"])
def test_days_no_calendar_has(text: str) -> None:
    with pytest.raises(dates.NotADate) as refused:
        dates.day(text)
    assert text in str(refused.value.reason)
    assert "calendar" in refused.value.reason.to("en")


@pytest.mark.parametrize("text", ["三月五日", "x", "123", "2026-", "99999999999"])
def test_no_dates(text: str) -> None:
    with pytest.raises(dates.NotADate):
        dates.day(text)


@pytest.mark.parametrize("text", ["0", "00000000", "0000-00-00", "19000101", "1900-01-01", "1899-12-30", "1"])
def test_placeholders(text: str) -> None:
    assert dates.day(text) in dates.PLACEHOLDERS


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("3", Month(0, 3)),
        ("03", Month(0, 3)),
        ("3.0", Month(0, 3)),
        ("2026-03", Month(2026, 3)),
        ("2026.03", Month(2026, 3)),
        ("202603", Month(2026, 3)),
        ("2026年3月", Month(2026, 3)),
        ("2026年第3期", Month(2026, 3)),
        ("2026年03期", Month(2026, 3)),
        ("第3期", Month(0, 3)),
        ("3月", Month(0, 3)),
        ("003/2026", Month(2026, 3)),
        ("3/2026", Month(2026, 3)),
        ("Mar-2026", Month(2026, 3)),
        ("Mar-26", Month(2026, 3)),
        ("March", Month(0, 3)),
        ("P03", Month(0, 3)),
        ("Period 3", Month(0, 3)),
        ("2026-03-31", Month(2026, 3)),
        ("2026-03-31 00:00:00", Month(2026, 3)),
        ("13", Month(0, 12)),
        ("0", None),
        ("17", None),
        ("x", None),
    ],
)
def test_periods(text: str, month: Month | None) -> None:
    assert dates.month(text) == month


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("101205", "10:12:05"),
        ("90036", "09:00:36"),
        ("10:12", "10:12:00"),
        ("1899-12-31 03:04:05", "03:04:05"),
        ("2026-03-05 22:11:09", "22:11:09"),
        ("0.5", "12:00:00"),
        ("256199", None),
        ("x", None),
    ],
)
def test_times(text: str, clock: str | None) -> None:
    assert dates.clock(text) == clock


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", Number("", 12, False)),
        ("0012", Number("", 12, False)),
        ("12.0", Number("", 12, False)),
        ("记-12", Number("记", 12, False)),
        ("记 12", Number("记", 12, False)),
        ("记12号", Number("记", 12, False)),
        ("记字第0012号", Number("记", 12, False)),
        ("记-12 1/2", Number("记", 12, False)),
        ("记-12(2/3)", Number("记", 12, False)),
        ("记-12-1/2", Number("记", 12, False)),
        ("记-9-10", Number("记", 9, False)),
        ("银付-3", Number("银付", 3, False)),
        ("转账凭证-0005", Number("转账凭证", 5, False)),
        ("记－１２", Number("记", 12, False)),
        ("记-12（作废）", Number("记", 12, True)),
        ("JE-2026-03-0012", Number("JE", 12, False)),
        ("JE-2026-00012", Number("JE", 12, False)),
        ("2026-0012", Number("", 12, False)),
        ("2026", Number("", 2026, False)),
        ("100000001", Number("", 100000001, False)),
        ("GL01-000123", Number("GL", 123, False)),
        ("记", Number("记", None, False)),
    ],
)
def test_voucher_numbers(text: str, number: Number) -> None:
    assert numbers.read(text) == number


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("1001", AccountCell("1001", "", "")),
        (" 1001 ", AccountCell("1001", "", "")),
        ("1001.0", AccountCell("1001", "", "")),
        ("5602.01", AccountCell("5602.01", "", "")),
        ("５６０２０１", AccountCell("560201", "", "")),
        ("1001 库存现金", AccountCell("1001", "库存现金", "")),
        ("1001_库存现金", AccountCell("1001", "库存现金", "")),
        ("1001-库存现金", AccountCell("1001", "库存现金", "")),
        ("1001库存现金", AccountCell("1001", "库存现金", "")),
        ("[1001]库存现金", AccountCell("1001", "库存现金", "")),
        ("库存现金(1001)", AccountCell("1001", "库存现金", "")),
        ("560201 管理费用-办公费", AccountCell("560201", "管理费用-办公费", "")),
        ("1122 应收账款[甲公司]", AccountCell("1122", "应收账款", "甲公司")),
        ("应收账款【客户:甲公司】", AccountCell("", "应收账款", "甲公司")),
        ("管理费用_办公费", AccountCell("", "管理费用_办公费", "")),
        ("1001 - Cash", AccountCell("1001", "Cash", "")),
    ],
)
def test_account_cells(text: str, cell: AccountCell) -> None:
    assert accounts.read(text) == cell


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("甲公司", "甲公司"),
        ("客户:甲公司", "甲公司"),
        ("[客商:甲公司][部门:销售部]", "甲公司/销售部"),
        ("【客户档案：甲公司】", "甲公司"),
        ("客户：甲公司；部门：销售部", "甲公司/销售部"),
        ("Acme, Inc.", "Acme, Inc."),
        ("", ""),
    ],
)
def test_auxiliary_items(text: str, items: str) -> None:
    assert accounts.auxiliary(text) == items
