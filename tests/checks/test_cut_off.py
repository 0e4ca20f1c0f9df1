"""N42: entries that stand in another month than their own."""

from __future__ import annotations

import inspect
from typing import Any

from saas.checks.finding import Finding
from saas.checks.rules.cut_off import RULES
from tests.checks.monthly_text import year_of

RULE = RULES[0]


def shifted(test: Any) -> list[Finding]:
    return RULE.run(year_of(inspect.getdoc(test)), RULE.settings)


def test_an_accrual_names_the_month_before() -> None:
    """June's accrual stands in July, and nothing says that it makes good an omission.

    account 560206 管理费用-折旧费
    monthly(1-5 7-12) 31 记-9 计提{m}月折旧 | D 560206 900.00 | C 1602 900.00
    monthly 5 记-1 报销差旅费 | D 5602 300.00 | C 1001 300.00
    2026-07-03 记-2 计提6月折旧 | D 560206 900.00 | C 1602 900.00
    """
    [finding] = shifted(test_an_accrual_names_the_month_before)
    assert (finding.vouchers, finding.severity, finding.account) == (["2026-07 记-2"], "medium", "560206")
    assert finding.compared == {"booked_in": "2026-07", "belongs_to": "2026-06"}


def test_without_a_name_the_series_shows_it() -> None:
    """Nothing in June and two in July: the first of the two is June's.

    account 560206 管理费用-折旧费
    monthly(1-5 7-12) 31 记-9 计提折旧 | D 560206 900.00 | C 1602 900.00
    monthly 5 记-1 报销差旅费 | D 5602 300.00 | C 1001 300.00
    2026-07-03 记-2 计提折旧 | D 560206 900.00 | C 1602 900.00
    """
    [finding] = shifted(test_without_a_name_the_series_shows_it)
    assert (finding.vouchers, finding.compared["belongs_to"]) == (["2026-07 记-2"], "2026-06")


def test_a_sale_of_the_next_month() -> None:
    """The fee for August is taken as income of July.

    monthly(1-7 9-12) 25 记-9 确认{m}月服务费 | D 1122[甲] 5000.00 | C 5001 5000.00
    2026-07-30 记-12 确认8月服务费 | D 1122[甲] 5000.00 | C 5001 5000.00
    """
    assert [f.vouchers for f in shifted(test_a_sale_of_the_next_month)] == [["2026-07 记-12"]]


def test_wages_paid_a_month_later_are_normal() -> None:
    """So are receipts for the month before.

    account 221101 应付职工薪酬-工资
    monthly 10 记-2 发放{last}月工资 | D 221101 30000.00 | C 1002 30000.00
    monthly 12 记-3 收到{last}月服务费 | D 1002 5000.00 | C 1122[甲] 5000.00
    """
    assert shifted(test_wages_paid_a_month_later_are_normal) == []


def test_what_is_made_good_says_so() -> None:
    """补提 tells the reader; the profit of the year is right.

    account 560206 管理费用-折旧费
    monthly(1-5 7-12) 31 记-9 计提{m}月折旧 | D 560206 900.00 | C 1602 900.00
    2026-07-03 记-2 补提6月折旧 | D 560206 900.00 | C 1602 900.00
    """
    assert shifted(test_what_is_made_good_says_so) == []


def test_trade_comes_as_it_comes() -> None:
    """No sale in June and two in July are no shift.

    monthly(1-5 7-12) 9 记-4 销售商品 | D 1122[甲] 1{mm}00.00 | C 5001 1{mm}00.00
    2026-07-20 记-5 销售商品 | D 1122[甲] 2345.00 | C 5001 2345.00
    """
    assert shifted(test_trade_comes_as_it_comes) == []


def test_interest_accrued_beforehand_belongs_to_the_month_it_names() -> None:
    """预提 accrues as 计提 does.

    monthly(1-10 12) 31 记-9 预提{m}月借款利息 | D 560301 900.00 | C 2231 900.00
    monthly 5 记-1 报销差旅费 | D 5602 300.00 | C 1001 300.00
    2026-12-06 记-2 预提11月借款利息 | D 560301 900.00 | C 2231 900.00
    """
    [finding] = shifted(test_interest_accrued_beforehand_belongs_to_the_month_it_names)
    assert (finding.vouchers, finding.compared["belongs_to"]) == (["2026-12 记-2"], "2026-11")
