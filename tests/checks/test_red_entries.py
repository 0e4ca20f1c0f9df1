"""N26: unexplained red crowded at a period's end."""

from __future__ import annotations

import inspect
from typing import Any

from saas.checks.finding import Finding
from saas.checks.rules.red_entries import RULES
from tests.checks.monthly_text import year_of

RULE = RULES[0]


def crowds(test: Any) -> list[Finding]:
    return RULE.run(year_of(inspect.getdoc(test)), RULE.settings)


def test_red_revenue_on_the_last_days() -> None:
    """One finding for the month, with every red line and their sum.

    monthly 20 记-3 销售商品 | D 1122[甲] {m}000.00 | C 5001 {m}000.00
    2026-09-30 记-40 冲减收入 | D 1122[甲] -3000.00 | C 5001 -3000.00
    2026-09-29 记-39 调整费用 | D 5602 -800.00 | C 1002 -800.00
    """
    [finding] = crowds(test_red_revenue_on_the_last_days)
    assert finding.vouchers == ["2026-09 记-39", "2026-09 记-40"]
    assert finding.rows == [20, 21, 22, 23]
    assert finding.period == "2026-09"
    assert finding.amount is not None
    assert finding.amount.fen == 3_800_00


def test_a_single_red_entry_that_moves_the_profit() -> None:
    """One is enough when it takes revenue back; its account is the revenue.

    monthly 20 记-3 销售商品 | D 1122[甲] {m}000.00 | C 5001 {m}000.00
    2026-09-30 记-40 冲减收入 | D 1122[甲] -3000.00 | C 5001 -3000.00
    """
    [finding] = crowds(test_a_single_red_entry_that_moves_the_profit)
    assert (finding.account, finding.vouchers) == ("5001", ["2026-09 记-40"])


def test_innocent_red() -> None:
    """E15's estimate, a referenced correction, a red invoice, a return, interest income, input VAT transferred out.

    account 220202 应付账款-暂估
    account 222101 应交税费-应交增值税-进项税额
    2026-03-31 记-36 暂估入库 | D 1405 9000.00 | C 220202 9000.00
    2026-05-31 记-38 冲回2026年3月暂估入库 | D 1405 -9000.00 | C 220202 -9000.00
    2026-05-30 记-30 付广告费 | D 5602 1200.00 | C 1002 1200.00
    2026-05-31 记-39 注销2026年5月30日记-30号凭证 | D 5602 -1200.00 | C 1002 -1200.00
    2026-05-31 记-40 红字发票26332000000123456789 | D 1122[甲] -1130.00 | C 5001 -1130.00
    2026-05-31 记-41 甲公司退货 | D 1122[甲] -500.00 | C 5001 -500.00
    2026-05-31 记-42 收到存款利息 | D 1002 21.50 | D 5603 -21.50
    2026-05-31 记-43 进项税额转出 | D 222101 -130.00 | D 5602 130.00
    """
    assert crowds(test_innocent_red) == []


def test_a_ledger_that_writes_red_all_the_time() -> None:
    """Where every month's middle has such red, three at the end are nothing special.

    monthly 12 记-3 冲减费用 | D 5602 -100.00 | C 1002 -100.00
    monthly 13 记-4 冲减费用 | D 5602 -200.00 | C 1002 -200.00
    2026-09-29 记-39 冲减费用 | D 5602 -300.00 | C 1002 -300.00
    2026-09-30 记-40 冲减费用 | D 5602 -400.00 | C 1002 -400.00
    """
    assert crowds(test_a_ledger_that_writes_red_all_the_time) == []


def test_red_in_the_middle_of_a_month() -> None:
    """Not at the period's end.

    2026-09-10 记-39 调整费用 | D 5602 -800.00 | C 1002 -800.00
    2026-09-11 记-40 冲减收入 | D 1122[甲] -3000.00 | C 5001 -3000.00
    """
    assert crowds(test_red_in_the_middle_of_a_month) == []


def test_a_red_copy_that_repeats_its_original() -> None:
    """冲销 and the words of a voucher in these books explain it, though no number is named.

    monthly 25 记-9 计提{m}月房租 | D 5602 2100.00 | C 2241 2100.00
    2026-07-31 记-20 冲销计提7月房租 | D 5602 -2100.00 | C 2241 -2100.00
    """
    assert crowds(test_a_red_copy_that_repeats_its_original) == []
