"""N25: the same business booked twice, and equal entries that are innocent."""

from __future__ import annotations

import inspect
from typing import Any

from saas.checks.finding import Finding
from saas.checks.rules.duplicates import RULES
from tests.checks.monthly_text import year_of

RULE = RULES[0]


def copies(test: Any) -> list[Finding]:
    return RULE.run(year_of(inspect.getdoc(test)), RULE.settings)


def test_the_same_voucher_four_days_later() -> None:
    """E06 of accounting.md: both vouchers are shown, the surplus amount is the exposure.

    2026-04-18 记-19 付运费 | D 5601 2000.00 | C 1002 2000.00
    2026-04-20 记-20 付广告费 | D 5601 900.00 | C 1002 900.00
    2026-04-22 记-25 付运费 | D 5601 2000.00 | C 1002 2000.00
    """
    [finding] = copies(test_the_same_voucher_four_days_later)
    assert finding.vouchers == ["2026-04 记-19", "2026-04 记-25"]
    assert finding.rows == [2, 3, 6, 7]
    assert (finding.period, finding.account) == ("2026-04", "5601")
    assert finding.amount is not None
    assert finding.amount.fen == 2_000_00
    assert finding.compared["expected"] == {"method": "RED_ONLY", "reverses": ["2026-04 记-25"]}


def test_three_copies_are_one_finding() -> None:
    """Twice too often.

    2026-04-18 记-19 付乙公司检测费 | D 5602 1234.56 | C 1002 1234.56
    2026-04-19 记-20 付乙公司检测费 | D 5602 1234.56 | C 1002 1234.56
    2026-04-22 记-25 付乙公司检测费 | D 5602 1234.56 | C 1002 1234.56
    """
    [finding] = copies(test_three_copies_are_one_finding)
    assert len(finding.vouchers) == 3
    assert finding.amount is not None
    assert finding.amount.fen == 2 * 1_234_56


def test_one_invoice_twice_at_any_distance() -> None:
    """The invoice number proves one event, however far apart.

    2026-03-02 记-3 购办公用品 发票号26332000000123456789 | D 5602 800.00 | C 1002 800.00
    2026-06-20 记-30 购办公用品 发票号26332000000123456789 | D 5602 800.00 | C 1002 800.00
    """
    [finding] = copies(test_one_invoice_twice_at_any_distance)
    assert finding.compared["invoice"] == "26332000000123456789"


def test_two_invoices_are_two_events() -> None:
    """Equal amounts on two days, each with its own invoice.

    2026-03-02 记-3 购办公用品 发票号26332000000123456789 | D 5602 800.00 | C 1002 800.00
    2026-03-03 记-4 购办公用品 发票号26332000000123456790 | D 5602 800.00 | C 1002 800.00
    """
    assert copies(test_two_invoices_are_two_events) == []


def test_rent_and_fees_of_equal_amount() -> None:
    """Every month the same rent, and a tariff of bank fees several times a month.

    monthly 28 记-8 支付{m}月房租 | D 5602 6000.00 | C 1002 6000.00
    monthly(3) 30 记-9 支付4月房租 | D 5602 6000.00 | C 1002 6000.00
    monthly 3 记-1 付银行手续费 | D 5603 100.00 | C 1002 100.00
    monthly 5 记-2 付银行手续费 | D 5603 100.00 | C 1002 100.00
    monthly 6 记-3 付银行手续费 | D 5603 50.00 | C 1002 50.00
    """
    assert copies(test_rent_and_fees_of_equal_amount) == []


def test_one_rent_too_many() -> None:
    """The rent of May stands there twice.

    monthly 5 记-8 支付{m}月房租 | D 5602 6000.00 | C 1002 6000.00
    2026-05-07 记-9 支付5月房租 | D 5602 6000.00 | C 1002 6000.00
    """
    [finding] = copies(test_one_rent_too_many)
    assert finding.vouchers == ["2026-05 记-8", "2026-05 记-9"]


def test_equal_unit_prices() -> None:
    """A list price is sold to several customers, and to one of them twice in a week.

    2026-05-04 记-1 销售商品 | D 1122[甲] 1130.00 | C 5001 1000.00 | C 2221 130.00
    2026-05-06 记-2 销售商品 | D 1122[乙] 1130.00 | C 5001 1000.00 | C 2221 130.00
    2026-05-08 记-3 销售商品 | D 1122[丙] 1130.00 | C 5001 1000.00 | C 2221 130.00
    2026-05-09 记-4 销售商品 | D 1122[甲] 1130.00 | C 5001 1000.00 | C 2221 130.00
    """
    assert copies(test_equal_unit_prices) == []


def test_two_deliveries_that_were_both_paid() -> None:
    """Equal purchases of one supplier within days, paid in one sum: two events. Never paid twice: one too many.

    2026-05-04 记-1 采购入库 | D 1405 12882.00 | C 2202[甲] 12882.00
    2026-05-08 记-2 采购入库 | D 1405 12882.00 | C 2202[甲] 12882.00
    2026-05-30 记-3 付货款 | D 2202[甲] 25764.00 | C 1002 25764.00
    2026-06-04 记-1 采购材料 | D 1403 8881.50 | C 2202[乙] 8881.50
    2026-06-08 记-2 采购材料 | D 1403 8881.50 | C 2202[乙] 8881.50
    2026-06-30 记-3 付货款 | D 2202[乙] 8881.50 | C 1002 8881.50
    """
    [finding] = copies(test_two_deliveries_that_were_both_paid)
    assert finding.vouchers == ["2026-06 记-1", "2026-06 记-2"]


def test_a_ledger_full_of_twins_gets_one_remark() -> None:
    """Where every entry has a twin, the ledger is kept so, or a batch was imported twice: one remark, not a hundred."""
    fee = "付检测费{n} | D 5602 {m}{n}1.37 | C 1002 {m}{n}1.37"
    twins = [
        f"2026-{month:02d}-{day} 记-{number}{day} {fee.format(m=month, n=number)}"
        for month in range(1, 13)
        for number in range(1, 9)
        for day in (10, 11)
    ]
    [finding] = RULE.run(year_of("\n".join(["Twins.", *twins])), RULE.settings)
    assert (finding.severity, finding.object, finding.vouchers) == ("info", "ledger", [])
    assert finding.compared["twins"] == 96


def test_own_accounts_and_loans() -> None:
    """A transfer booked from both banks, and round sums borrowed twice.

    account 100201 银行存款-工行
    account 100202 银行存款-建行
    2026-05-12 记-1 工行转建行 | D 100202 20000.00 | C 100201 20000.00
    2026-05-12 记-2 工行转建行 | D 100202 20000.00 | C 100201 20000.00
    2026-05-13 记-3 收股东借款 | D 100201 50000.00 | C 2241[陈一] 50000.00
    2026-05-18 记-4 收股东借款 | D 100201 50000.00 | C 2241[陈一] 50000.00
    """
    assert copies(test_own_accounts_and_loans) == []


def test_red_and_blue_are_one_event() -> None:
    """A copy that a red voucher already cancelled, and an estimate reversed and made again (E15).

    account 220201 应付账款-暂估
    2026-04-18 记-19 付运费 | D 5601 2000.00 | C 1002 2000.00
    2026-04-20 记-21 付运费 | D 5601 2000.00 | C 1002 2000.00
    2026-04-22 记-25 注销2026年4月20日记-21号凭证 | D 5601 -2000.00 | C 1002 -2000.00
    2026-03-31 记-36 暂估入库 | D 1405 9000.00 | C 220201 9000.00
    2026-04-01 记-1 冲回2026年3月暂估入库 | D 1405 -9000.00 | C 220201 -9000.00
    2026-04-05 记-2 暂估入库 | D 1405 9000.00 | C 220201 9000.00
    """
    assert copies(test_red_and_blue_are_one_event) == []


def test_other_words_need_a_peculiar_amount() -> None:
    """1,234.56 twice is one event in two wordings; 500.00 twice is two people's allowance.

    2026-05-04 记-1 付乙公司检测费 | D 5602 1234.56 | C 1002 1234.56
    2026-05-06 记-2 支付乙公司检测费 | D 5602 1234.56 | C 1002 1234.56
    2026-05-07 记-3 张三报销交通补助 | D 5602 500.00 | C 1001 500.00
    2026-05-08 记-4 李四报销交通补助 | D 5602 500.00 | C 1001 500.00
    """
    [finding] = copies(test_other_words_need_a_peculiar_amount)
    assert finding.vouchers == ["2026-05 记-1", "2026-05 记-2"]


def test_small_change_and_long_intervals() -> None:
    """Below the floor, or more than a week apart.

    2026-05-04 记-1 打车费 | D 5602 35.60 | C 1001 35.60
    2026-05-05 记-2 打车费 | D 5602 35.60 | C 1001 35.60
    2026-05-04 记-3 付检测费 | D 5602 760.00 | C 1002 760.00
    2026-05-24 记-4 付检测费 | D 5602 760.00 | C 1002 760.00
    """
    assert copies(test_small_change_and_long_intervals) == []


def test_vouchers_that_all_bear_the_last_day() -> None:
    """Month-end dating makes nothing of the days: the same rent of two months, a week apart across the year's edge.

    2026-05-31 记-1 付甲公司货款 | D 2202[甲] 3390.00 | C 1002 3390.00
    2026-06-30 记-1 付甲公司货款 | D 2202[甲] 3390.00 | C 1002 3390.00
    """
    assert copies(test_vouchers_that_all_bear_the_last_day) == []


def test_two_equal_receipts_that_settle_what_was_open_are_two() -> None:
    """Invoices of 300 and 340 paid in two halves: paid twice, the account would be overdrawn.

    2026-03-02 记-1 售甲公司 | D 1122[甲公司] 30000.00 | C 5001 30000.00
    2026-03-04 记-2 售甲公司 | D 1122[甲公司] 34310.00 | C 5001 34310.00
    2026-03-15 记-3 收甲公司货款 | D 1002 32155.00 | C 1122[甲公司] 32155.00
    2026-03-16 记-4 收甲公司货款 | D 1002 32155.00 | C 1122[甲公司] 32155.00
    """
    assert copies(test_two_equal_receipts_that_settle_what_was_open_are_two) == []


def test_a_second_equal_receipt_that_overdraws_is_a_copy() -> None:
    """The same two receipts against invoices of 321.55 and 100 only.

    2026-03-02 记-1 售甲公司 | D 1122[甲公司] 32155.00 | C 5001 32155.00
    2026-03-04 记-2 售甲公司 | D 1122[甲公司] 10000.00 | C 5001 10000.00
    2026-03-15 记-3 收甲公司货款 | D 1002 32155.00 | C 1122[甲公司] 32155.00
    2026-03-16 记-4 收甲公司货款 | D 1002 32155.00 | C 1122[甲公司] 32155.00
    """
    [finding] = copies(test_a_second_equal_receipt_that_overdraws_is_a_copy)
    assert finding.vouchers == ["2026-03 记-3", "2026-03 记-4"]


def test_a_fixed_fee_accrued_twice_in_one_month() -> None:
    """Fixed fees of several customers look like a tariff; each comes once a month, and one twice in May.

    monthly 25 记-3 应收{m}月租金甲公司 | D 1122[甲] 6797.84 | C 5001 6797.84
    monthly 25 记-4 应收{m}月租金乙公司 | D 1122[乙] 4000.00 | C 5001 4000.00
    2026-05-27 记-9 应收租金甲公司 | D 1122[甲] 6797.84 | C 5001 6797.84
    """
    [finding] = copies(test_a_fixed_fee_accrued_twice_in_one_month)
    assert finding.vouchers == ["2026-05 记-3", "2026-05 记-9"]


def test_two_dinners_of_a_round_sum_are_no_matter() -> None:
    """Equal by chance as likely as not: said, but low.

    2026-05-10 记-3 付餐费 | D 5602 500.00 | C 1002 500.00
    2026-05-12 记-9 付餐费 | D 5602 500.00 | C 1002 500.00
    """
    assert [f.severity for f in copies(test_two_dinners_of_a_round_sum_are_no_matter)] == ["low"]


def test_what_is_made_good_is_no_copy() -> None:
    """补提 of April stands beside May's own entry.

    monthly(1-3 5-12) 31 记-3 计提折旧 | D 5602 812.34 | C 1602 812.34
    2026-05-31 记-9 补计提4月折旧 | D 5602 812.34 | C 1602 812.34
    """
    assert copies(test_what_is_made_good_is_no_copy) == []


def test_payments_that_name_nobody() -> None:
    """Neither an auxiliary item nor a name in the summary: the account itself is looked at.

    2026-05-10 记-3 付货款 | D 2202 7388.60 | C 1002 7388.60
    2026-05-12 记-9 付货款 | D 2202 7388.60 | C 1002 7388.60
    """
    assert [f.vouchers for f in copies(test_payments_that_name_nobody)] == [["2026-05 记-3", "2026-05 记-9"]]
