"""N33: recurring entries that one month lacks, and the innocent gaps."""

from __future__ import annotations

import inspect
from typing import Any

from saas.checks.finding import Finding
from saas.checks.rules.series_gaps import RULES
from tests.checks.monthly_text import year_of

RULE = RULES[0]


def missing(test: Any) -> list[Finding]:
    return RULE.run(year_of(inspect.getdoc(test)), RULE.settings)


def where(test: Any) -> list[tuple[str | None, str | None]]:
    return [(finding.period, finding.account) for finding in missing(test)]


def test_a_wage_accrual_that_one_month_lacks() -> None:
    """The month, the expected debit account and the whole expected entry are named; there are no rows to point at.

    account 560201 管理费用-工资
    account 221101 应付职工薪酬-工资
    monthly(1-4 6-12) 28 记-10 计提{m}月工资 | D 560201 30000.00 | C 221101 30000.00
    monthly 5 记-1 报销差旅费 | D 5602 300.00 | C 1001 300.00
    """
    [finding] = missing(test_a_wage_accrual_that_one_month_lacks)
    assert (finding.rule, finding.period, finding.account, finding.rows) == ("N33", "2026-05", "560201", [])
    assert finding.amount is not None
    assert finding.amount.fen == 30_000_00
    assert finding.severity == "high"
    assert finding.compared["expected"] == {
        "summary": "计提5月工资",
        "lines": [
            {"account": "560201", "account_name": "管理费用-工资", "aux": "", "debit": "30000.00"},
            {"account": "221101", "account_name": "应付职工薪酬-工资", "aux": "", "credit": "30000.00"},
        ],
    }


def test_wages_paid_name_the_month_before() -> None:
    """The expected summary keeps the series' habit of paying the month before.

    account 221101 应付职工薪酬-工资
    monthly(1-7 9-12) 10 记-2 发放{last}月工资 | D 221101 30000.00 | C 1002 30000.00
    monthly 5 记-1 报销差旅费 | D 5602 300.00 | C 1001 300.00
    """
    [finding] = missing(test_wages_paid_name_the_month_before)
    assert (finding.period, finding.compared["expected"]["summary"]) == ("2026-08", "发放7月工资")


def test_the_cost_of_a_month_with_sales() -> None:
    """Cost follows revenue: the expected amount is the month's sales in the series' own ratio.

    monthly(1-7 9-12) 31 记-9 结转{m}月销售成本 | D 5401 8000.00 | C 1405 8000.00
    monthly(1-7 9-12) 20 记-3 销售商品 | D 1122[甲] 10000.00 | C 5001 10000.00
    2026-08-20 记-3 销售商品 | D 1122[甲] 25000.00 | C 5001 25000.00
    """
    [finding] = missing(test_the_cost_of_a_month_with_sales)
    assert (finding.period, finding.account) == ("2026-08", "5401")
    assert finding.amount is not None
    assert finding.amount.fen == 20_000_00


def test_no_sales_no_cost() -> None:
    """A month without revenue needs no cost.

    monthly(1-7 9-12) 31 记-9 结转{m}月销售成本 | D 5401 8000.00 | C 1405 8000.00
    monthly(1-7 9-12) 20 记-3 销售商品 | D 1122[甲] 1{m}00.00 | C 5001 1{m}00.00
    2026-08-20 记-3 报销差旅费 | D 5602 100.00 | C 1001 100.00
    """
    assert where(test_no_sales_no_cost) == []


def test_the_same_entry_in_other_words_is_there() -> None:
    """The bookkeeper wrote it another way in May.

    monthly(1-4 6-12) 28 记-8 支付{m}月房租 | D 5602 6000.00 | C 1002 6000.00
    2026-05-28 记-8 付办公室租金 | D 5602 6000.00 | C 1002 6000.00
    """
    assert where(test_the_same_entry_in_other_words_is_there) == []


def test_a_wrong_account_is_not_a_missing_entry() -> None:
    """May's rent was booked to selling expenses: another rule's business.

    monthly(1-4 6-12) 28 记-8 支付{m}月房租 | D 5602 6000.00 | C 1002 6000.00
    2026-05-28 记-8 支付5月房租 | D 5601 6000.00 | C 1002 6000.00
    """
    assert where(test_a_wrong_account_is_not_a_missing_entry) == []


def test_a_late_booking_counts_for_the_month_it_names() -> None:
    """May's entry stands in June beside June's own.

    monthly(1-4 6-12) 28 记-8 计提{m}月折旧 | D 5602 900.00 | C 1602 900.00
    2026-06-03 记-1 补提5月折旧 | D 5602 900.00 | C 1602 900.00
    """
    assert where(test_a_late_booking_counts_for_the_month_it_names) == []


def test_two_months_in_one_sum() -> None:
    """April's payment covers May as well.

    monthly(1-3 6-12) 5 记-8 支付房租 | D 5602 6000.00 | C 1002 6000.00
    2026-04-05 记-8 支付房租 | D 5602 12000.00 | C 1002 12000.00
    2026-05-09 记-1 报销差旅费 | D 5602 100.00 | C 1001 100.00
    """
    assert where(test_two_months_in_one_sum) == []


def test_ended_and_begun_in_mid_year() -> None:
    """A lease that ends, one that begins, and a quarterly fee lack nothing.

    monthly(1-8) 5 记-1 支付{m}月仓库租金 | D 5601 5000.00 | C 1002 5000.00
    monthly(5-12) 6 记-2 支付{m}月门店租金 | D 5602 7000.00 | C 1002 7000.00
    monthly(3 6 9 12) 7 记-3 付季度顾问费 | D 5602 3000.00 | C 1002 3000.00
    monthly 9 记-4 报销差旅费 | D 5602 100.00 | C 1001 100.00
    """
    assert where(test_ended_and_begun_in_mid_year) == []


def test_seldom_or_seasonal_is_no_series() -> None:
    """Five months are no series, nor is one present in less than four months of five.

    monthly(1-2 4-6) 5 记-1 支付{m}月快递费 | D 5601 100.00 | C 1002 100.00
    monthly(1 3 5 6 8 9 11 12) 6 记-2 报销团建费 | D 5602 800.00 | C 1001 800.00
    monthly 9 记-4 报销差旅费 | D 5602 150.00 | C 1001 150.00
    """
    assert where(test_seldom_or_seasonal_is_no_series) == []


def test_a_month_that_is_hardly_in_the_file() -> None:
    """One voucher where other months have eight: the extract is incomplete, not the books.

    monthly(1-4 6-12) 1 记-1 支付{m}月房租 | D 5602 6000.00 | C 1002 6000.00
    monthly(1-4 6-12) 2 记-2 计提{m}月折旧 | D 5602 900.00 | C 1602 900.00
    monthly(1-4 6-12) 3 记-3 付电费 | D 5602 410.00 | C 1002 410.00
    monthly(1-4 6-12) 4 记-4 付水费 | D 5602 120.00 | C 1002 120.00
    monthly(1-4 6-12) 5 记-5 付快递费 | D 5601 80.00 | C 1002 80.00
    2026-05-09 记-1 报销差旅费 | D 5602 150.00 | C 1001 150.00
    """
    assert where(test_a_month_that_is_hardly_in_the_file) == []


def test_depreciation_by_class_of_asset() -> None:
    """A new class of asset in June changes the entry, not the series; September is missing.

    account 160201 累计折旧-办公设备
    account 160202 累计折旧-运输工具
    monthly(1-5) 28 记-8 计提{m}月折旧 | D 5602 900.00 | C 160201 900.00
    monthly(6-8 10-12) 28 记-8 计提{m}月折旧 | D 5602 1400.00 | C 160201 900.00 | C 160202 500.00
    monthly 9 记-4 报销差旅费 | D 5602 150.00 | C 1001 150.00
    """
    [finding] = missing(test_depreciation_by_class_of_asset)
    assert (finding.period, finding.account) == ("2026-09", "5602")
    assert finding.amount is not None
    assert finding.amount.fen == 1_400_00
    assert [line["account"] for line in finding.compared["expected"]["lines"]] == ["5602", "160201", "160202"]


def test_the_last_month_of_the_file() -> None:
    """Wages missing in December are asked for, and rent less surely; a lease that stopped in October has ended.

    monthly(1-11) 28 记-8 计提{m}月工资 | D 5602 30000.00 | C 2211 30000.00
    monthly(1-11) 4 记-1 支付{m}月门店租金 | D 5601 5500.00 | C 1002 5500.00
    monthly(1-10) 5 记-2 支付{m}月仓库租金 | D 4101 5000.00 | C 1002 5000.00
    monthly 9 记-4 报销差旅费 | D 5602 150.00 | C 1001 150.00
    """
    rent, wages = sorted(missing(test_the_last_month_of_the_file), key=lambda finding: finding.account or "")
    assert [(f.period, f.account) for f in (rent, wages)] == [("2026-12", "5601"), ("2026-12", "5602")]
    assert rent.severity == "medium"


def test_the_object_is_stable_and_names_no_row() -> None:
    """The same gap is the same finding when lines are added before it.

    monthly(1-4 6-12) 28 记-8 支付{m}月房租 | D 5602 6000.00 | C 1002 6000.00
    monthly 9 记-4 报销差旅费 | D 5602 150.00 | C 1001 150.00
    """
    text = inspect.getdoc(test_the_object_is_stable_and_names_no_row) or ""
    more = text.replace("monthly 9", "monthly 3 记-7 付快递费 | D 5601 33.00 | C 1002 33.00\nmonthly 9")
    [before] = RULE.run(year_of(text), RULE.settings)
    [after] = RULE.run(year_of(more), RULE.settings)
    assert before.object == after.object


def test_an_accrual_that_stops() -> None:
    """Wages end in August and the company goes on: every month since then is missing.

    account 221101 应付职工薪酬-工资
    monthly(1-8) 28 记-10 计提{m}月工资 | D 5602 30000.00 | C 221101 30000.00
    monthly 5 记-1 报销差旅费 | D 5602 3{mm}.00 | C 1001 3{mm}.00
    """
    assert [period for period, _ in where(test_an_accrual_that_stops)] == ["2026-09", "2026-10", "2026-11", "2026-12"]


def test_a_reversed_entry_that_was_booked_anew() -> None:
    """The pair and its correction are no members of the series, but the month has its entry.

    monthly 31 记-9 计提{m}月折旧 | D 5602 900.00 | C 1602 900.00
    2026-07-31 记-20 冲销计提7月折旧 | D 5602 -900.00 | C 1602 -900.00
    2026-07-31 记-21 订正2026年7月31日记-9号凭证 | D 5602 630.00 | C 1602 630.00
    """
    assert where(test_a_reversed_entry_that_was_booked_anew) == []


def test_an_asset_taken_out_of_the_books() -> None:
    """Amortisation ends with the asset.

    monthly(1-11) 31 记-9 摊销{m}月软件 | D 5602 500.00 | C 1702 500.00
    monthly 5 记-1 报销差旅费 | D 5602 3{mm}.00 | C 1001 3{mm}.00
    2026-11-30 记-12 软件到期转销 | D 1702 6000.00 | C 1701 6000.00
    """
    assert where(test_an_asset_taken_out_of_the_books) == []


def test_the_sum_one_customer_pays_each_month() -> None:
    """What other customers pay that month does not stand for it.

    monthly 20 记-3 应收{m}月租金 | D 1122[甲公司] 5000.00 | C 5001 5000.00
    monthly(1-7 9-12) 8 记-4 收{m}月租金 | D 1002 5000.00 | C 1122[甲公司] 5000.00
    monthly 9 记-5 收货款 | D 1002 5{mm}0.00 | C 1122[乙公司] 5{mm}0.00
    """
    assert where(test_the_sum_one_customer_pays_each_month) == [("2026-08", "1002")]


def test_a_small_bill_may_come_late() -> None:
    """A bill of changing size below 1,000 yuan is said, but low.

    monthly(1-7 9-12) 12 记-3 付通讯费 | D 560213 3{mm}.10 | C 1002 3{mm}.10
    monthly 5 记-1 报销差旅费 | D 560214 5{mm}.00 | C 1001 5{mm}.00
    """
    assert {finding.severity for finding in missing(test_a_small_bill_may_come_late)} == {"low"}


def test_made_good_by_the_words_of_the_next_month() -> None:
    """补提上月折旧 stands for the month before.

    monthly(1-4 6-12) 31 记-10 计提折旧 | D 560203 800.00 | C 1602 800.00
    monthly 5 记-1 报销差旅费 | D 5602 300.00 | C 1001 300.00
    2026-06-05 记-9 补提上月折旧 | D 560203 800.00 | C 1602 800.00
    """
    assert missing(test_made_good_by_the_words_of_the_next_month) == []


def test_no_loan_no_interest() -> None:
    """Interest ends with the loan; a month without it while the loan runs is missing.

    monthly(1-4 6-10) 31 记-10 预提借款利息 | D 560301 1500.00 | C 2231 1500.00
    monthly 5 记-1 报销差旅费 | D 5602 300.00 | C 1001 300.00
    2026-10-30 记-20 归还短期借款 | D 2001 300000.00 | C 1002 300000.00
    """
    assert where(test_no_loan_no_interest) == [("2026-05", "560301")]


def test_instalments_that_count_themselves_end_with_the_last() -> None:
    """(10/10) is the last; before it a month may still be missing.

    monthly(1-5 7-9) 31 记-10 摊销房租({m}/10) | D 560205 2000.00 | C 1123 2000.00
    2026-10-31 记-10 摊销房租(10/10) | D 560205 2000.00 | C 1123 2000.00
    monthly 5 记-1 报销差旅费 | D 5602 300.00 | C 1001 300.00
    """
    assert where(test_instalments_that_count_themselves_end_with_the_last) == [("2026-06", "560205")]


def test_one_class_does_not_stand_for_another_but_may_be_written_down() -> None:
    """Two classes of about one size: the one that leaves out May is missing, the one that ends in October has ended.

    monthly(1-4 6-12) 31 记-10 计提{m}月机器设备折旧 | D 560203 1200.00 | C 160201 1200.00
    monthly(1-10) 31 记-11 计提{m}月办公家具折旧 | D 560203 1000.00 | C 160202 1000.00
    monthly 5 记-1 报销差旅费 | D 5602 300.00 | C 1001 300.00
    """
    test = test_one_class_does_not_stand_for_another_but_may_be_written_down
    assert where(test) == [("2026-05", "560203")]


def test_what_another_customer_pays_under_its_own_words() -> None:
    """Customers are named in the words only; about as much from another one is no receipt of this one's.

    monthly(2-7 9-12) 10 记-5 收到立信维护费 | D 1002 8000.00 | C 1122 8000.00
    monthly(3 8 11) 12 记-6 收回悦达货款 | D 1002 8600.00 | C 1122 8600.00
    monthly 5 记-1 报销差旅费 | D 5602 300.00 | C 1001 300.00
    """
    assert [month for month, _account in where(test_what_another_customer_pays_under_its_own_words)] == ["2026-08"]
