"""Tables of balances (科目余额表) in their known shapes: signed fen, debit positive."""

from __future__ import annotations

from pathlib import Path

import pytest

from saas.ledgers.frame import Ledger
from saas.ledgers.reading import read_file
from tests.ledgers.book import header
from tests.ledgers.files import Rows, xlsx_file

SIGNED = [("1001", 10000, 5000, 3000, 12000), ("2202", -20000, 0, 1000, -21000)]
TWO_ROWS: Rows = [
    ["科目余额表"],
    ["编制单位：甲公司", "", "2026年1月至2026年3月", "", "", "", "", "单位：元"],
    ["科目编码", "科目名称", "期初余额", "", "本期发生额", "", "期末余额", ""],
    ["", "", "借方", "贷方", "借方", "贷方", "借方", "贷方"],
    ["资产类"],
    ["1001", "库存现金", 100, "", 50, 30, 120, ""],
    ["2202", "应付账款", "", 200, "", 10, "", 210],
    ["合计", "", 100, 200, 50, 40, 120, 210],
    ["制表人：张三", "", "审核：李四"],
]
SHAPES: dict[str, Rows] = {
    "two merged rows": TWO_ROWS,
    "one row": [
        ["科目编码", "科目名称", "期初借方", "期初贷方", "本期借方", "本期贷方", "期末借方", "期末贷方"],
        ["1001", "库存现金", 100, "", 50, 30, 120, ""],
        ["2202", "应付账款", "", 200, "", 10, "", 210],
    ],
    "brackets": [
        header(
            "编码|名称|期初余额（借方）|期初余额（贷方）|本期发生额（借方）|本期发生额（贷方）|期末余额（借方）|期末余额（贷方）"
        ),
        ["1001", "库存现金", 100, 0, 50, 30, 120, 0],
        ["2202", "应付账款", 0, 200, 0, 10, 0, 210],
    ],
    "side before each balance": [
        ["科目代码", "科目名称", "方向", "期初余额", "借方发生额", "贷方发生额", "方向", "期末余额"],
        ["1001", "库存现金", "借", 100, 50, 30, "借", 120],
        ["2202", "应付账款", "贷", 200, 0, 10, "贷", 210],
    ],
    "side and amount in two rows": [
        ["科目代码", "科目名称", "期初余额", "", "本期发生额", "", "期末余额", ""],
        ["", "", "方向", "金额", "借方", "贷方", "方向", "金额"],
        ["1001", "库存现金", "借", 100, 50, 30, "借", 120],
        ["2202", "应付账款", "贷", 200, 0, 10, "贷", 210],
    ],
    "one side column": [
        ["科目代码", "科目名称", "余额方向", "期初余额", "本期借方发生额", "本期贷方发生额", "期末余额"],
        ["1001", "库存现金", "借", 100, 50, 30, 120],
        ["2202", "应付账款", "贷", 200, 0, 10, 210],
    ],
    "positive on the normal side": [
        ["科目编码", "科目名称", "期初余额", "借方", "贷方", "期末余额"],
        ["1001", "库存现金", 100, 50, 30, 120],
        ["2202", "应付账款", 200, 0, 10, 210],
    ],
    "signed": [
        ["Account", "Account Name", "Opening Balance", "Debit", "Credit", "Closing Balance"],
        ["1001", "Cash", 100, 50, 30, 120],
        ["2202", "Accounts payable", -200, 0, 10, -210],
    ],
    "code and name in one cell": [
        ["科目", "期初余额", "", "本期发生", "", "期末余额", ""],
        ["", "借方", "贷方", "借方", "贷方", "借方", "贷方"],
        ["1001 库存现金", 100, "", 50, 30, 120, ""],
        ["2202 应付账款", "", 200, "", 10, "", 210],
    ],
}


def read(path: Path, rows: Rows) -> Ledger:
    (ledger,) = read_file(xlsx_file(path / "a.xlsx", rows, sheet="余额表"))
    return ledger


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape(tmp_path: Path, shape: str) -> None:
    ledger = read(tmp_path, SHAPES[shape])
    assert ledger.balances.select("account", "opening", "debit", "credit", "closing").rows() == SIGNED
    assert ledger.layout == "trial-balance"
    assert ledger.lines.is_empty()
    assert ledger.rejects == []


@pytest.mark.parametrize("shape", ["one row", "brackets", "positive on the normal side", "signed"])
def test_the_order_of_columns_does_not_matter(tmp_path: Path, shape: str) -> None:
    ledger = read(tmp_path, [list(reversed(row)) for row in SHAPES[shape]])
    assert ledger.balances.select("account", "opening", "debit", "credit", "closing").rows() == SIGNED


def test_the_period_is_the_last_month_of_the_title(tmp_path: Path) -> None:
    ledger = read(tmp_path, TWO_ROWS)
    assert ledger.balances["period"].to_list() == ["2026-03"] * 2
    assert ledger.balances["row"].to_list() == [6, 7]


def test_year_columns_and_a_period_column(tmp_path: Path) -> None:
    ledger = read(
        tmp_path,
        [
            header(
                "会计年度|会计期间|科目编码|科目名称|年初借方|年初贷方|期初借方|期初贷方|本期借方|本期贷方|"
                "本年累计借方|本年累计贷方|期末借方|期末贷方"
            ),
            [2026, 3, "2202", "应付账款", 0, 1, 0, 2, 3, 4, 5, 6, 0, 3],
        ],
    )
    row = ledger.balances.row(0, named=True)
    assert (row["period"], row["year_opening"], row["opening"], row["closing"]) == ("2026-03", -100, -200, -300)
    assert (row["debit"], row["credit"], row["year_debit"], row["year_credit"]) == (300, 400, 500, 600)


def test_what_the_table_has_not_is_null(tmp_path: Path) -> None:
    row = read(tmp_path, SHAPES["one row"]).balances.row(0, named=True)
    assert (row["year_opening"], row["year_debit"], row["year_credit"]) == (None, None, None)


def test_bad_amounts_are_rejected(tmp_path: Path) -> None:
    header, good, bad = SHAPES["one row"]
    ledger = read(tmp_path, [header, good, [*bad[:3], "1.234,56", *bad[4:]]])
    assert [reject.row for reject in ledger.rejects] == [3]
    assert ledger.balances["account"].to_list() == ["1001"]
