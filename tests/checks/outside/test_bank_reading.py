"""Statements as banks print them, read as what came in and what went out."""

from __future__ import annotations

from pathlib import Path

import pytest

from saas.checks.outside.bank_reading import Statement, read
from saas.ledgers.reading import Unreadable

HEADER = "交易日期,对方户名,摘要,收入,支出,余额"
ROWS = """2026-09-01,杭州甲公司,货款,10000.00,,60000.00
2026-09-03,,手续费,,15.00,59985.00
2026-09-03,税务局,缴税,,"1,200.50","58,784.50"
"""


def read_text(tmp_path: Path, text: str) -> Statement:
    path = tmp_path / "bank.csv"
    path.write_text(text, "utf-8")
    return read(path)


def sums(found: Statement) -> list[tuple[str, int]]:
    rows = found.lines.select("date", "in_fen", "out_fen").iter_rows()
    return [(str(day)[5:], come - gone) for day, come, gone in rows]


WANTED = [("09-01", 1_000_000), ("09-03", -1_500), ("09-03", -120_050)]


def test_the_usual_columns(tmp_path: Path) -> None:
    found = read_text(tmp_path, f"{HEADER}\n{ROWS}")
    assert sums(found) == WANTED
    assert (found.opening_fen, found.closing_fen, found.rejects) == (5_000_000, 5_878_450, [])
    assert found.lines["counterparty"].to_list() == ["杭州甲公司", "", "税务局"]


def test_what_stands_above_and_below_the_table(tmp_path: Path) -> None:
    above, below = (
        "招商银行对账单\n账号：5719 0012 3410 8888,户名：澄屿\n",
        "合计,,,10000.00,1215.50,\n制表人：张三,,,,,\n",
    )
    text = f"{above}{HEADER}\n{ROWS}{below}"
    found = read_text(tmp_path, text)
    assert (found.account, sums(found)) == ("5719001234108888", WANTED)


@pytest.mark.parametrize(
    "text",
    [
        # the bank's debit is what went out; the newest line stands first
        "交易日期,摘要,借方发生额,贷方发生额,余额\n2026-09-03,缴税,1200.50,,58784.50\n2026-09-03,手续费,15.00,,59985.00\n"
        "2026-09-01,货款,,10000.00,60000.00\n",
        # the company's debit is what came in: only the balances tell
        "交易日期,摘要,借方发生额,贷方发生额,余额\n2026-09-01,货款,10000.00,,60000.00\n2026-09-03,手续费,,15.00,59985.00\n"
        "2026-09-03,缴税,,1200.50,58784.50\n",
        # one amount and a mark
        "交易日期,摘要,借贷标志,交易金额,余额\n2026-09-01,货款,贷,10000.00,60000.00\n2026-09-03,手续费,借,15.00,59985.00\n"
        "2026-09-03,缴税,借,1200.50,58784.50\n",
        # one amount with its sign
        "Date,Description,Amount,Balance\n2026-09-01,sale,10000.00,60000.00\n2026-09-03,fee,-15.00,59985.00\n"
        "2026-09-03,tax,-1200.50,58784.50\n",
        # what went out is printed below zero
        "交易日期,摘要,收入,支出,余额\n2026-09-01,货款,10000.00,0.00,60000.00\n2026-09-03,手续费,0.00,-15.00,59985.00\n"
        "2026-09-03,缴税,0.00,-1200.50,58784.50\n",
    ],
)
def test_the_balances_say_how_amounts_are_meant(tmp_path: Path, text: str) -> None:
    assert sums(read_text(tmp_path, text)) == WANTED


def test_every_refused_row_says_why(tmp_path: Path) -> None:
    text = f"{HEADER}\n{ROWS}2026-13-40,丙,货款,1.00,,\n2026-09-08,丁,货款,1.2.3,,\n2026-09-09,戊,说明,,,\n"
    found = read_text(tmp_path, text)
    assert sums(found) == WANTED
    assert [reject.row for reject in found.rejects] == [5, 6, 7]
    assert all(str(reject.reason) for reject in found.rejects)


def test_an_opening_line_is_no_movement(tmp_path: Path) -> None:
    found = read_text(tmp_path, f"{HEADER}\n2026-08-31,,期初余额,,,50000.00\n{ROWS}")
    assert (sums(found), found.opening_fen, found.rejects) == (WANTED, 5_000_000, [])


def test_another_table_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"date|日期"):
        read_text(tmp_path, "姓名,工资\n张三,5000\n")
