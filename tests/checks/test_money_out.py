"""N40, N52 and N53."""

from __future__ import annotations

from saas.kernel.money import Money
from saas.ledgers.frame import Ledger
from tests.checks.ledger_text import found


def test_large_cash_and_payments_to_private_persons_are_found(ledger: Ledger) -> None:
    """
    2026-03-01 记-1 付货款 | D 2202[甲公司] 80000.00 | C 1001 80000.00
    2026-03-02 记-2 取现 | D 1001 90000.00 | C 1002 90000.00
    2026-03-03 记-3 付货款 | D 2202[王小明] 60000.00 | C 1002 60000.00
    """
    assert [(f.compared["kind"], f.severity, f.vouchers[0][-3:]) for f in found("N52", ledger)] == [
        ("cash", "high", "记-1"),
        ("drawn", "medium", "记-2"),
        ("person", "medium", "记-3"),
    ]


def test_wages_claims_loans_companies_and_small_sums_are_silent(ledger: Ledger) -> None:
    """
    2026-03-01 记-1 付货款 | D 2202[甲公司] 40000.00 | C 1001 40000.00
    2026-03-02 记-2 取现备用金 | D 1001 90000.00 | C 1002 90000.00
    2026-03-03 记-3 付货款 | D 2202[甲公司] 600000.00 | C 1002 600000.00
    2026-03-04 记-4 王小明差旅报销 | D 2241[王小明] 60000.00 | C 1002 60000.00
    2026-03-05 记-5 发放工资 | D 2211 300000.00 | C 1002 300000.00
    2026-03-06 记-6 存现 | D 1002 90000.00 | C 1001 90000.00
    2026-03-07 记-7 归还张三借款 | D 2241[张三] 90000.00 | C 1002 90000.00
    """
    assert found("N52", ledger) == []


def test_capital_that_was_not_paid_in_or_was_paid_back_is_found(ledger: Ledger) -> None:
    """
    2026-01-05 记-1 认缴出资 | D 1221[张三] 500000.00 | C 3001[张三] 500000.00
    2026-06-05 记-1 减资 | D 3001[李四] 200000.00 | C 1002 200000.00
    """
    unpaid, back = found("N53", ledger)
    assert (unpaid.severity, unpaid.amount, unpaid.account) == ("medium", Money.of("500000.00"), "3001")
    assert (back.severity, back.vouchers) == ("high", ["2026-06 记-1"])


def test_capital_in_money_assets_reserves_or_between_shareholders_is_silent(ledger: Ledger) -> None:
    """
    2026-01-05 记-1 收到投资款 | D 1002 500000.00 | C 3001[张三] 500000.00
    2026-01-06 记-2 设备出资 | D 1601 200000.00 | C 3001[李四] 200000.00
    2026-05-06 记-1 转增资本 | D 3002 200000.00 | C 3001[李四] 200000.00
    2026-06-06 记-1 股权转让 | D 3001[张三] 200000.00 | C 3001[李四] 200000.00
    2026-07-06 记-1 债转股 | D 2241[李四] 200000.00 | C 3001[李四] 200000.00
    """
    assert found("N53", ledger) == []


def test_a_sum_split_in_three_under_the_limit_is_found(ledger: Ledger) -> None:
    """
    2026-03-02 记-1 付咨询费 | D 2202[甲公司] 49000.00 | C 1002 49000.00
    2026-03-04 记-2 付咨询费 | D 2202[甲公司] 48500.00 | C 1002 48500.00
    2026-03-06 记-3 付服务费 | D 2202[甲公司] 49500.00 | C 1002 49500.00
    2026-03-06 记-4 付货款 | D 2202[乙公司] 49500.00 | C 1002 49500.00
    """
    [finding] = found("N40", ledger)
    assert (finding.amount, len(finding.vouchers), finding.compared["person"]) == (Money.of("147000.00"), 3, "甲公司")


def test_instalments_a_month_apart_and_small_sums_are_no_splitting(ledger: Ledger) -> None:
    """
    2026-03-02 记-1 付货款 | D 2202[甲公司] 49000.00 | C 1002 49000.00
    2026-04-02 记-1 付货款 | D 2202[甲公司] 49000.00 | C 1002 49000.00
    2026-03-02 记-2 付货款 | D 2202[乙公司] 9000.00 | C 1002 9000.00
    2026-03-03 记-3 付货款 | D 2202[乙公司] 9000.00 | C 1002 9000.00
    """
    assert found("N40", ledger) == []
