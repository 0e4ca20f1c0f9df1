"""Whatever stands in a table, reading it gives a ledger of the right shape or a sentence, never a crash."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saas.ledgers.frame import BALANCES, LINES, Ledger
from saas.ledgers.reading import Unreadable, read_file
from saas.ledgers.reading.headings import fields
from tests.ledgers.files import csv_file

HEADINGS = [heading for kind in ("lines", "balances") for names in fields(kind).values() for heading in names[:2]]
VOUCHERS = ["日期", "凭证号", "科目编码", "借方", "贷方"]
BALANCE_LIST = ["科目编码", "期初余额", "借方", "贷方", "期末余额"]
TEXTS = (
    "|1|12|1001|560201|5602.01|1001 库存现金|管理费用-办公费|合计|本月合计|期初余额|承前页|借|贷|平|S|H|"
    "2026-03-05|2026-02-30|20260305|46086|19000101|2026年3月|3|第3期|记-1|记字第0012号|记-12 1/2|JE-1|"
    "1,234.50|(1,234.00)|1.234,56|－１２|abc|作废|是|√|张三|第1页|制单人：李四|100 Cr|\u3000|0.00|-|"
    "999999999999999999999999|2026/3/5 8:00"
)
CELLS = TEXTS.split("|")


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    header = draw(st.lists(st.sampled_from(HEADINGS), min_size=3, max_size=14))
    core = draw(st.sampled_from([[], VOUCHERS, BALANCE_LIST]))
    header = draw(st.permutations([*core, *header]))
    row = st.lists(st.sampled_from(CELLS), min_size=draw(st.sampled_from([0, len(header)])), max_size=len(header))
    return [*draw(st.lists(row, max_size=2)), list(header), *draw(st.lists(row, max_size=12))]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=tables())
def test_any_table(rows: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ledgers: list[Ledger] = []
        path = csv_file(Path(folder) / "a.csv", rows)
        with suppress(Unreadable):
            ledgers = read_file(path)
    for ledger in ledgers:
        assert dict(ledger.lines.schema) == LINES
        assert dict(ledger.balances.schema) == BALANCES
        assert ledger.lines.height + ledger.balances.height <= 2 * len(rows)
        assert ledger.lines["voucher"].null_count() == 0
        assert {r.row for r in ledger.rejects}.isdisjoint(ledger.lines["row"].to_list())
