"""N08, N09 and N10."""

from __future__ import annotations

from saas.kernel.money import Money
from saas.ledgers.frame import Ledger
from tests.checks.ledger_text import found

OPENING = "2026-01-01 记-0 期初余额"


def test_an_account_that_turns_is_found_in_the_month_it_turned(ledger: Ledger) -> None:
    """
    2026-01-01 记-0 期初余额 | D 1002 900.00 | C 3001 900.00
    2026-01-31 记-1 付货款 | D 2202 100.00 | C 1002 100.00
    2026-02-28 记-1 付货款 | D 2202 50.00 | C 1002 50.00
    """
    [finding] = found("N08", ledger)
    assert (finding.account, finding.period, finding.amount) == ("2202", "2026-01", Money(100_00))
    assert (finding.vouchers, finding.rows, finding.severity) == (["2026-01 记-1"], [4], "medium")
    assert (finding.compared["side"], finding.compared["months"]) == ("debit", 2)


def test_nothing_is_claimed_where_the_opening_is_unknown(ledger: Ledger) -> None:
    """
    2026-03-31 记-7 付货款 | D 2202 100.00 | C 1002 100.00
    2026-03-31 记-8 付现金 | D 5602 100.00 | C 1001 100.00
    """
    assert [found(rule, ledger) for rule in ("N08", "N09", "N10")] == [[], [], []]


def test_a_party_on_the_other_side_is_a_reclassification(ledger: Ledger) -> None:
    """
    2026-01-01 记-0 期初余额 | D 1122[甲] 500.00 | C 3001 500.00
    2026-01-20 记-1 收货款 | D 1002 80.00 | C 1122[乙] 80.00
    """
    [finding] = found("N08", ledger)
    assert (finding.object, finding.severity, finding.amount) == ("1122[乙]@2026-01", "low", Money(80_00))
    assert finding.compared["reclassify"] is True


def test_wages_paid_before_they_are_accrued_are_right(ledger: Ledger) -> None:
    """
    2026-01-01 记-0 期初余额 | D 1002 900.00 | C 3001 900.00
    2026-01-31 记-1 发工资 | D 2211 100.00 | C 1002 100.00
    2026-02-28 记-1 计提工资 | D 5602 100.00 | C 2211 100.00
    """
    assert found("N08", ledger) == []


def test_two_sided_accounts_have_no_wrong_side(ledger: Ledger) -> None:
    """
    balance 2026-03 2221 500.00 0.00 0.00 500.00
    balance 2026-03 1404 -500.00 0.00 0.00 -500.00
    balance 2026-03 3103 500.00 0.00 0.00 500.00
    """
    assert found("N08", ledger) == []


def test_depreciation_in_debit_is_severe(ledger: Ledger) -> None:
    """
    balance 2026-03 1602 50.00 0.00 0.00 50.00
    """
    [finding] = found("N08", ledger)
    assert (finding.account, finding.severity, finding.rows) == ("1602", "high", [2])


def test_cash_below_zero_is_found_on_its_first_day(ledger: Ledger) -> None:
    """
    2026-01-01 记-0 期初余额 | D 1001 100.00 | D 1002 900.00 | C 3001 1000.00
    2026-01-10 记-1 付运费 | D 5601 30.00 | C 1001 30.00
    2026-01-12 记-2 付招待费 | D 5602 250.00 | C 1001 250.00
    2026-01-12 记-3 付邮费 | D 5602 5.00 | C 1001 5.00
    2026-01-15 记-4 提现 | D 1001 500.00 | C 1002 500.00
    """
    [finding] = found("N09", ledger)
    assert (finding.vouchers, finding.rows, finding.period) == (["2026-01 记-2"], [8], "2026-01")
    assert (finding.account, finding.severity, finding.amount) == ("1001", "high", Money(185_00))
    assert (finding.compared["day"], finding.compared["by"]) == ("2026-01-12", "day")


def test_receipts_of_the_day_count_first(ledger: Ledger) -> None:
    """
    2026-01-01 记-0 期初余额 | D 1001 100.00 | D 1002 900.00 | C 3001 1000.00
    2026-01-12 记-1 付招待费 | D 5602 250.00 | C 1001 250.00
    2026-01-12 记-2 提现 | D 1001 500.00 | C 1002 500.00
    2026-01-20 记-3 付邮费 | D 5602 5.00 | C 1001 5.00
    """
    assert found("N09", ledger) == []


def test_where_all_vouchers_carry_one_date_the_month_decides(ledger: Ledger) -> None:
    """
    2026-01-31 记-0 期初余额 | D 1001 100.00 | D 1002 900.00 | C 3001 1000.00
    2026-01-31 记-1 付招待费 | D 5602 250.00 | C 1001 250.00
    2026-01-31 记-2 提现 | D 1001 500.00 | C 1002 500.00
    2026-02-28 记-1 付招待费 | D 5602 360.00 | C 1001 360.00
    2026-02-28 记-2 付邮费 | D 5602 5.00 | C 1002 5.00
    """
    [finding] = found("N09", ledger)
    assert (finding.period, finding.compared["by"], finding.amount) == ("2026-02", "month", Money(10_00))
    assert finding.vouchers == ["2026-02 记-1"]


def test_a_company_founded_in_the_file_began_with_nothing(ledger: Ledger) -> None:
    """
    2026-01-05 记-1 收到投资款 | D 1002 1000.00 | C 3001 1000.00
    2026-01-12 记-2 付招待费 | D 5602 250.00 | C 1001 250.00
    """
    [finding] = found("N09", ledger)
    assert (finding.amount, finding.compared["opening_from"]) == (Money(250_00), "founded")


def test_an_increase_of_capital_in_old_books_says_nothing(ledger: Ledger) -> None:
    """
    2026-01-05 记-1 收到增资款 | D 1002 1000.00 | C 3001 1000.00
    2026-01-06 记-2 收回货款 | D 1002 300.00 | C 1122 300.00
    2026-01-12 记-3 付招待费 | D 5602 250.00 | C 1001 250.00
    """
    assert found("N09", ledger) == []


def test_wear_in_the_first_month_tells_of_older_assets(ledger: Ledger) -> None:
    """
    2026-01-05 记-1 收到投资款 | D 1002 1000.00 | C 3001 1000.00
    2026-01-12 记-2 付招待费 | D 5602 250.00 | C 1001 250.00
    2026-01-31 记-3 计提折旧 | D 5602 80.00 | C 1602 80.00
    """
    assert found("N09", ledger) == []
    assert found("N22", ledger) == []


def test_a_balance_list_gives_the_opening(ledger: Ledger) -> None:
    """
    balance 2026-01 1001 100.00 0.00 250.00 -150.00
    balance 2026-01 5602 0.00 250.00 0.00 250.00
    2026-01-12 记-1 付招待费 | D 5602 250.00 | C 1001 250.00
    """
    [finding] = found("N09", ledger)
    assert (finding.rows, finding.amount, finding.compared["opening_from"]) == ([5], Money(150_00), "list")


def test_a_list_of_a_later_month_is_led_back(ledger: Ledger) -> None:
    """
    balance 2026-02 1001 40.00 0.00 20.00 20.00
    balance 2026-02 5602 0.00 20.00 0.00 20.00
    2026-01-12 记-1 付招待费 | D 5602 250.00 | C 1001 250.00
    2026-01-20 记-2 提现 | D 1001 200.00 | C 1002 200.00
    2026-02-12 记-1 付邮费 | D 5602 20.00 | C 1001 20.00
    """
    [finding] = found("N09", ledger)
    assert (finding.compared["balance"], finding.compared["day"]) == ("-160.00", "2026-01-12")


def test_a_bank_below_zero_at_the_months_end_is_found(ledger: Ledger) -> None:
    """
    account 100201 银行存款-工行
    account 100202 银行存款-建行
    2026-01-01 记-0 期初余额 | D 100201 100.00 | D 100202 900.00 | C 3001 1000.00
    2026-01-12 记-1 付货款 | D 2202 250.00 | C 100201 250.00
    2026-02-12 记-1 转账 | D 100201 300.00 | C 100202 300.00
    """
    [finding] = found("N10", ledger)
    assert (finding.account, finding.period, finding.amount) == ("100201", "2026-01", Money(150_00))
    assert (finding.vouchers, finding.rows, finding.severity) == (["2026-01 记-1"], [6], "high")


def test_stock_below_zero_is_found_and_price_differences_are_not(ledger: Ledger) -> None:
    """
    2026-01-01 记-0 期初余额 | D 1405 100.00 | D 1002 900.00 | C 3001 1000.00
    2026-01-31 记-1 结转成本 | D 5401 250.00 | C 1405 250.00
    2026-01-31 记-2 结转差异 | D 5401 40.00 | C 1404 40.00
    """
    [finding] = found("N10", ledger)
    assert (finding.account, finding.amount, finding.vouchers) == ("1405", Money(150_00), ["2026-01 记-1"])


def test_stock_short_because_an_estimate_was_reversed_before_its_invoice_is_right(ledger: Ledger) -> None:
    """
    account 220202 应付账款-暂估应付款
    2026-01-01 记-0 期初余额 | D 1002 900.00 | C 3001 900.00
    2026-01-31 记-1 暂估入库 | D 1405 500.00 | C 220202 500.00
    2026-01-31 记-2 结转成本 | D 5401 400.00 | C 1405 400.00
    2026-02-01 记-1 冲回2026年1月暂估入库 | D 1405 -500.00 | C 220202 -500.00
    2026-03-05 记-1 购商品入库 | D 1405 500.00 | C 2202[甲] 500.00
    """
    assert found("N10", ledger) == []


def test_more_pieces_issued_than_there_were_are_found(ledger: Ledger) -> None:
    """
    2026-01-05 记-1 收到投资款 | D 1002 9000.00 | C 3001 9000.00
    2026-01-06 记-2 购商品 | D 1405[货A] 1000.00 x10 | C 1002 1000.00
    2026-01-31 记-3 结转成本 | D 5401 900.00 | C 1405[货A] 900.00 x12
    """
    [finding] = found("N10", ledger)
    assert (finding.compared["quantity"], finding.vouchers, finding.rows) == ("-2", ["2026-01 记-3"], [7])
