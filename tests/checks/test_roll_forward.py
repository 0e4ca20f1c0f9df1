"""N06 and N07."""

from __future__ import annotations

from saas.kernel.money import Money
from saas.ledgers.frame import Ledger
from tests.checks.ledger_text import found


def test_an_opening_unlike_the_closing_before_is_found(ledger: Ledger) -> None:
    """
    balance 2026-02 1002 500.00 0.00 100.00 400.00
    balance 2026-02 1122 100.00 0.00 0.00 100.00
    balance 2026-03 1002 450.00 0.00 0.00 450.00
    balance 2026-03 1122 100.00 0.00 0.00 100.00
    """
    [finding] = found("N06", ledger)
    assert (finding.account, finding.period, finding.rows) == ("1002", "2026-03", [4])
    assert (finding.severity, finding.amount) == ("high", Money(50_00))
    assert finding.compared["opening"] == "450.00"
    assert finding.compared["closing_before"] == "400.00"


def test_an_account_that_vanishes_with_a_balance_is_found(ledger: Ledger) -> None:
    """
    balance 2026-02 1002 500.00 0.00 100.00 400.00
    balance 2026-02 1122 100.00 0.00 0.00 100.00
    balance 2026-03 1002 400.00 0.00 0.00 400.00
    """
    [finding] = found("N06", ledger)
    assert (finding.account, finding.period, finding.amount) == ("1122", "2026-03", Money(100_00))


def test_auxiliary_items_are_compared_one_by_one(ledger: Ledger) -> None:
    """
    balance 2026-02 1122 300.00 0.00 0.00 300.00
    balance 2026-02 1122[甲] 100.00 0.00 0.00 100.00
    balance 2026-02 1122[乙] 200.00 0.00 0.00 200.00
    balance 2026-03 1122 300.00 0.00 0.00 300.00
    balance 2026-03 1122[甲] 200.00 0.00 0.00 200.00
    balance 2026-03 1122[乙] 100.00 0.00 0.00 100.00
    """
    assert sorted(f.object for f in found("N06", ledger)) == ["1122[乙]@2026-03", "1122[甲]@2026-03"]


def test_a_breakdown_that_begins_is_no_change(ledger: Ledger) -> None:
    """
    balance 2026-02 1122 300.00 0.00 0.00 300.00
    balance 2026-03 1122 300.00 0.00 0.00 300.00
    balance 2026-03 1122[甲] 200.00 0.00 0.00 200.00
    balance 2026-03 1122[乙] 100.00 0.00 0.00 100.00
    """
    assert found("N06", ledger) == []


def test_january_begins_without_profit_and_retained_takes_it_up(ledger: Ledger) -> None:
    """
    account 310405 利润分配-未分配利润
    balance 2025-12 1002 500.00 0.00 0.00 500.00
    balance 2025-12 3103 -80.00 0.00 0.00 -80.00
    balance 2025-12 310405 -420.00 0.00 0.00 -420.00
    balance 2025-12 5602 30.00 0.00 30.00 0.00
    balance 2026-01 1002 500.00 0.00 0.00 500.00
    balance 2026-01 3103 0.00 0.00 0.00 0.00
    balance 2026-01 310405 -500.00 0.00 0.00 -500.00
    """
    assert found("N06", ledger) == []


def test_january_with_another_result_is_found(ledger: Ledger) -> None:
    """
    account 310405 利润分配-未分配利润
    balance 2025-12 3103 -80.00 0.00 0.00 -80.00
    balance 2025-12 310405 -420.00 0.00 0.00 -420.00
    balance 2026-01 3103 0.00 0.00 0.00 0.00
    balance 2026-01 310405 -490.00 0.00 0.00 -490.00
    """
    [finding] = found("N06", ledger)
    assert (finding.account, finding.rows, finding.amount) == ("310405", [5], Money(10_00))
    assert finding.compared["closing_before"] == "-500.00"


def test_months_that_do_not_follow_each_other_are_not_compared(ledger: Ledger) -> None:
    """
    balance 2026-01 1002 500.00 0.00 100.00 400.00
    balance 2026-03 1002 900.00 0.00 0.00 900.00
    """
    assert found("N06", ledger) == []


def test_a_row_that_does_not_roll_is_found(ledger: Ledger) -> None:
    """
    balance 2026-03 1002 500.00 200.00 100.00 650.00
    balance 2026-03 1122 100.00 0.00 0.00 100.00
    """
    [finding] = found("N07", ledger)
    assert (finding.account, finding.rows, finding.period) == ("1002", [2], "2026-03")
    assert (finding.severity, finding.amount, finding.compared["kind"]) == ("critical", Money(50_00), "rolling")


def test_a_parent_that_is_not_the_sum_of_its_details_is_found_once(ledger: Ledger) -> None:
    """
    account 100201 银行存款-工行
    account 100202 银行存款-建行
    balance 2026-03 1002 500.00 0.00 0.00 500.00
    balance 2026-03 100201 300.00 0.00 0.00 300.00
    balance 2026-03 100202 100.00 0.00 0.00 100.00
    balance 2026-04 1002 500.00 0.00 0.00 500.00
    balance 2026-04 100201 300.00 0.00 0.00 300.00
    balance 2026-04 100202 100.00 0.00 0.00 100.00
    """
    [finding] = found("N07", ledger)
    assert (finding.account, finding.period, finding.amount) == ("1002", "2026-03", Money(100_00))
    assert finding.compared["kind"] == "details"


def test_parents_and_details_in_one_list_are_not_counted_twice(ledger: Ledger) -> None:
    """
    account 100201 银行存款-工行
    balance 2026-03 1002 400.00 0.00 0.00 400.00
    balance 2026-03 100201 400.00 0.00 0.00 400.00
    balance 2026-03 2202 -100.00 0.00 0.00 -100.00
    balance 2026-03 3001 -300.00 0.00 0.00 -300.00
    """
    assert found("N07", ledger) == []


def test_a_list_whose_debits_are_not_its_credits_is_found(ledger: Ledger) -> None:
    """
    balance 2026-03 1002 400.00 0.00 0.00 400.00
    balance 2026-03 2202 -100.00 0.00 0.00 -100.00
    balance 2026-03 3001 -250.00 0.00 0.00 -250.00
    """
    [finding] = found("N07", ledger)
    assert (finding.account, finding.amount, finding.compared["kind"]) == (None, Money(50_00), "totals")


def test_a_list_off_by_an_unbalanced_voucher_is_that_vouchers_finding(ledger: Ledger) -> None:
    """
    balance 2026-03 1002 500.00 0.00 100.00 400.00
    balance 2026-03 5601 0.00 130.00 0.00 130.00
    balance 2026-03 3001 -500.00 0.00 0.00 -500.00
    2026-03-05 记-1 付广告费 | D 5601 130.00 | C 1002 100.00
    """
    assert found("N07", ledger) == []
    assert len(found("N01", ledger)) == 1


def test_movements_that_no_voucher_gives_are_found(ledger: Ledger) -> None:
    """
    balance 2026-03 1002 500.00 0.00 130.00 370.00
    balance 2026-03 5601 0.00 100.00 0.00 100.00
    balance 2026-03 5602 0.00 30.00 0.00 30.00
    balance 2026-03 3001 -500.00 0.00 0.00 -500.00
    balance 2026-03 1122 0.00 70.00 0.00 70.00
    balance 2026-03 5001 0.00 0.00 70.00 -70.00
    2026-03-05 记-1 付广告费 | D 5601 100.00 | C 1002 100.00
    2026-03-06 记-3 销售 | D 1122 70.00 | C 5001 70.00
    """
    findings = found("N07", ledger)
    assert [(f.account, f.amount, f.compared["kind"]) for f in findings] == [
        ("1002", Money(30_00), "vouchers"),
        ("5602", Money(30_00), "vouchers"),
    ]


def test_a_list_of_the_year_so_far_agrees_with_all_its_vouchers(ledger: Ledger) -> None:
    """
    balance 2026-02 1002 500.00 0.00 130.00 370.00
    balance 2026-02 5601 0.00 130.00 0.00 130.00
    balance 2026-02 3001 -500.00 0.00 0.00 -500.00
    2026-01-05 记-1 付广告费 | D 5601 100.00 | C 1002 100.00
    2026-02-05 记-1 付广告费 | D 5601 30.00 | C 1002 30.00
    """
    assert found("N07", ledger) == []
