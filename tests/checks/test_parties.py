"""N11, N14 and N15."""

from __future__ import annotations

from saas.kernel.money import Money
from saas.ledgers.frame import Ledger
from tests.checks.ledger_text import found, ledger_of

START = "2026-01-01 记-0 期初余额"


def test_a_shareholders_loan_open_on_31_december_is_found(ledger: Ledger) -> None:
    """
    2026-01-05 记-1 收到投资款 | D 1002 900000.00 | C 3001[张三] 900000.00
    2026-03-10 记-1 张三借款 | D 1221[张三] 200000.00 | C 1002 200000.00
    2026-08-10 记-1 张三还款 | D 1002 50000.00 | C 1221[张三] 50000.00
    2026-12-31 记-1 付办公费 | D 5602 10.00 | C 1002 10.00
    """
    [finding] = found("N11", ledger)
    assert (finding.period, finding.account, finding.amount) == ("2026-12", "1221", Money(150_000_00))
    assert (finding.vouchers, finding.rows, finding.severity) == (["2026-03 记-1"], [4], "critical")
    assert (finding.compared["exposure"], finding.compared["person"]) == ("30000.00", "张三")


def test_what_the_company_owes_the_same_person_is_deducted(ledger: Ledger) -> None:
    """
    2026-01-05 记-1 收到投资款 | D 1002 900000.00 | C 3001[张三] 900000.00
    2026-03-10 记-1 张三借款 | D 1221[张三] 200000.00 | C 1002 200000.00
    2026-08-10 记-1 股东张三垫款 | D 1405 210000.00 | C 2241[张三] 210000.00
    2026-12-31 记-1 付办公费 | D 5602 10.00 | C 1002 10.00
    """
    assert found("N11", ledger) == []


def test_paying_back_an_unknown_debt_is_no_loan(ledger: Ledger) -> None:
    """
    2026-03-10 记-7 归还股东借款 | D 2241[张三] 200000.00 | C 1002 200000.00
    2026-12-31 记-8 付办公费 | D 5602 10.00 | C 1002 10.00
    """
    assert found("N11", ledger) == []


def test_travel_advances_petty_cash_companies_and_unpaid_capital_are_no_loans(ledger: Ledger) -> None:
    """
    2026-01-05 记-1 收到投资款 | D 1002 900000.00 | C 3001[张三] 900000.00
    2026-01-05 记-2 认缴出资 | D 1221[张三] 500000.00 | C 3001[张三] 500000.00
    2026-03-10 记-1 张三出差借款 | D 1221[张三] 30000.00 | C 1002 30000.00
    2026-03-11 记-2 备用金 | D 1221[李四] 30000.00 | C 1002 30000.00
    2026-03-12 记-3 股东借款 | D 1221[丙投资有限公司] 300000.00 | C 1002 300000.00
    2026-12-31 记-1 付办公费 | D 5602 10.00 | C 1002 10.00
    """
    assert found("N11", ledger) == []


def test_a_loan_repaid_in_december_and_a_file_that_ends_in_june_are_silent(ledger: Ledger) -> None:
    """
    2025-03-10 记-1 股东张三借款 | D 1221[张三] 200000.00 | C 1002 200000.00
    2025-12-30 记-1 张三还款 | D 1002 200000.00 | C 1221[张三] 200000.00
    2026-03-10 记-1 股东张三借款 | D 1221[张三] 200000.00 | C 1002 200000.00
    2026-06-30 记-1 付办公费 | D 5602 10.00 | C 1002 10.00
    """
    assert found("N11", ledger) == []


def test_a_larger_loan_to_an_unknown_person_is_less_certain(ledger: Ledger) -> None:
    """
    2026-03-10 记-1 周平借款 | D 1221[周平] 80000.00 | C 1002 80000.00
    2026-03-11 记-2 吴用借款 | D 1221[吴用] 3000.00 | C 1002 3000.00
    2026-12-31 记-1 付办公费 | D 5602 10.00 | C 1002 10.00
    """
    [finding] = found("N11", ledger)
    assert (finding.compared["person"], finding.severity, finding.compared["shareholder"]) == ("周平", "high", False)
    assert [f.compared["person"] for f in found("N11", ledger, shareholders=("吴用",))] == ["吴用", "周平"]


def test_an_estimate_open_for_more_than_90_days_is_found(ledger: Ledger) -> None:
    """
    account 220202 应付账款-暂估应付款
    2026-01-31 记-1 暂估入库 | D 1405 500.00 | C 220202[甲] 500.00
    2026-02-28 记-1 暂估入库 | D 1405 300.00 | C 220202[乙] 300.00
    2026-03-01 记-1 冲回2026年2月暂估入库 | D 1405 -300.00 | C 220202[乙] -300.00
    2026-05-10 记-1 付办公费 | D 5602 10.00 | C 1002 10.00
    """
    [finding] = found("N14", ledger)
    assert (finding.account, finding.period, finding.amount) == ("220202", "2026-01", Money(500_00))
    assert (finding.vouchers, finding.rows, finding.severity) == (["2026-01 记-1"], [3], "high")
    assert (finding.compared["days"], finding.compared["aux"]) == (120, "甲")


def test_an_estimate_of_last_quarter_is_not_old(ledger: Ledger) -> None:
    """
    account 220202 应付账款-暂估应付款
    2026-03-31 记-1 暂估入库 | D 1405 500.00 | C 220202[甲] 500.00
    2026-05-10 记-1 付办公费 | D 5602 10.00 | C 1002 10.00
    """
    assert found("N14", ledger) == []


def test_a_reversal_closes_its_own_estimate_and_any_other_debit_the_oldest(ledger: Ledger) -> None:
    """
    2026-01-31 记-1 暂估甲公司货款 | D 1405 500.00 | C 2202[甲] 500.00
    2026-02-28 记-1 暂估甲公司货款 | D 1405 300.00 | C 2202[甲] 300.00
    2026-03-01 记-1 冲回2月暂估 | D 1405 -300.00 | C 2202[甲] -300.00
    2026-04-01 记-1 冲暂估 | D 2202[甲] 100.00 | C 1405 100.00
    2026-07-10 记-1 付办公费 | D 5602 10.00 | C 1002 10.00
    """
    [finding] = found("N14", ledger)
    assert (finding.amount, finding.vouchers) == (Money(400_00), ["2026-01 记-1"])


def test_an_estimate_left_out_of_a_monthly_habit_is_found_early() -> None:
    text = ["account 220202 应付账款-暂估应付款"]
    for month in range(1, 7):
        text.append(f"2026-{month:02d}-28 记-9 暂估入库 | D 1405 {month}00.00 | C 220202[甲] {month}00.00")
        if month != 5:
            text.append(f"2026-{month + 1:02d}-01 记-1 冲回暂估 | D 1405 -{month}00.00 | C 220202[甲] -{month}00.00")
    [finding] = found("N14", ledger_of("\n".join(text)))
    assert (finding.period, finding.vouchers, finding.amount) == ("2026-05", ["2026-05 记-9"], Money(500_00))


def test_a_party_that_rests_for_a_year_is_found(ledger: Ledger) -> None:
    """
    2026-01-01 记-0 期初余额 | D 1122[甲] 500.00 | D 1122[乙] 300.00 | C 3001 800.00
    2026-06-10 记-1 收货款 | D 1002 100.00 | C 1122[乙] 100.00
    2026-12-31 记-1 付办公费 | D 5602 10.00 | C 1002 10.00
    """
    [finding] = found("N15", ledger)
    assert (finding.object, finding.period, finding.amount) == ("1122[甲]", "2026-12", Money(500_00))
    assert (finding.severity, finding.compared["months"]) == ("low", 12)


def test_deposits_may_rest_and_half_a_year_is_no_year(ledger: Ledger) -> None:
    """
    account 122102 其他应收款-押金
    2026-01-01 记-0 期初余额 | D 122102[房东] 500.00 | C 3001 500.00
    2026-12-31 记-1 付办公费 | D 5602 10.00 | C 1002 10.00
    """
    assert found("N15", ledger) == []


def test_balance_lists_show_rest_too(ledger: Ledger) -> None:
    """
    balance 2025-12 1122[甲] 500.00 0.00 0.00 500.00
    balance 2026-12 1122[甲] 500.00 0.00 0.00 500.00
    """
    [finding] = found("N15", ledger)
    assert (finding.object, finding.compared["months"]) == ("1122[甲]", 13)
