"""N21."""

from __future__ import annotations

from saas.kernel.money import Money
from saas.ledgers.frame import Ledger
from tests.checks.ledger_text import found, ledger_of

CLOSED = """
2026-{month}-10 记-1 销售 | D 1122 500.00 | C 5001 500.00
2026-{month}-11 记-2 付办公费 | D 5602 200.00 | C 1002 200.00
2026-{month}-28 记-3 结转收入 | D 5001 500.00 | C 3103 500.00
2026-{month}-28 记-4 结转费用 | D 3103 200.00 | C 5602 200.00
"""


def months(*numbers: str) -> str:
    return "".join(CLOSED.format(month=month) for month in numbers)


def test_what_the_closing_entry_left_is_found_with_its_line(ledger: Ledger) -> None:
    """
    2026-01-10 记-1 销售 | D 1122 500.00 | C 5001 500.00
    2026-01-11 记-2 付办公费 | D 5602 200.00 | C 1002 200.00
    2026-01-31 记-3 结转损益 | D 5001 500.00 | C 5602 180.00 | C 3103 320.00
    """
    [finding] = found("N21", ledger)
    assert (finding.account, finding.period, finding.amount) == ("5602", "2026-01", Money(20_00))
    assert (finding.vouchers, finding.rows, finding.severity) == (["2026-01 记-3"], [7], "high")
    assert finding.compared["expected"] == [
        {"account": "3103", "debit": "20.00", "credit": "0.00"},
        {"account": "5602", "debit": "0.00", "credit": "20.00"},
    ]


def test_an_entry_made_after_closing_is_pointed_at(ledger: Ledger) -> None:
    """
    2026-01-10 记-1 销售 | D 1122 500.00 | C 5001 500.00
    2026-01-31 记-2 结转损益 | D 5001 500.00 | C 3103 500.00
    2026-01-31 记-3 付邮费 | D 5602 35.00 | C 1002 35.00
    """
    [finding] = found("N21", ledger)
    assert (finding.account, finding.vouchers, finding.rows) == ("5602", ["2026-01 记-3"], [6])


def test_an_entry_moved_to_another_account_after_closing_is_one_finding(ledger: Ledger) -> None:
    """
    2026-01-10 记-1 付广告费 | D 5602 80.00 | C 1002 80.00
    2026-01-31 记-2 结转损益 | D 3103 80.00 | C 5601 80.00
    """
    [finding] = found("N21", ledger)
    assert (finding.object, finding.account, finding.vouchers) == ("5602/5601@2026-01", "5602", ["2026-01 记-1"])
    assert finding.compared["balances"] == {"5602": "80.00", "5601": "-80.00"}


def test_a_month_without_closing_entry_names_the_entry_expected() -> None:
    text = months("01", "02", "03", "04")
    gone = [line for line in text.splitlines() if not line.startswith(("2026-02-28 记-3", "2026-02-28 记-4"))]
    [finding] = found("N21", ledger_of("\n".join(gone)))
    assert (finding.period, finding.account, finding.rows, finding.vouchers) == ("2026-02", "3103", [], [])
    assert finding.amount == Money(300_00)
    assert finding.compared["expected"] == [
        {"account": "3103", "debit": "0.00", "credit": "300.00"},
        {"account": "5001", "debit": "500.00", "credit": "0.00"},
        {"account": "5602", "debit": "0.00", "credit": "200.00"},
    ]


def test_the_last_month_may_be_exported_before_it_is_closed() -> None:
    text = months("01", "02", "03")
    gone = [line for line in text.splitlines() if not line.startswith(("2026-03-28 记-3", "2026-03-28 记-4"))]
    assert found("N21", ledger_of("\n".join(gone))) == []


def test_books_closed_monthly_are_silent() -> None:
    assert found("N21", ledger_of(months("01", "02", "03"))) == []


def test_books_closed_once_a_year_are_judged_in_december(ledger: Ledger) -> None:
    """
    2026-01-11 记-1 付办公费 | D 5602 200.00 | C 1002 200.00
    2026-05-11 记-1 付办公费 | D 5602 200.00 | C 1002 200.00
    2026-09-11 记-1 付办公费 | D 5602 200.00 | C 1002 200.00
    2026-12-31 记-1 结转本年损益 | D 3103 550.00 | C 5602 550.00
    """
    [finding] = found("N21", ledger)
    assert (finding.period, finding.account, finding.amount) == ("2026-12", "5602", Money(50_00))


def test_part_of_a_year_closed_once_cannot_be_judged(ledger: Ledger) -> None:
    """
    2026-07-11 记-1 付办公费 | D 5602 200.00 | C 1002 200.00
    2026-09-11 记-1 付办公费 | D 5602 200.00 | C 1002 200.00
    2026-12-31 记-1 结转本年损益 | D 3103 950.00 | C 5602 950.00
    """
    assert found("N21", ledger) == []


def test_books_that_are_never_closed_in_the_file_say_nothing(ledger: Ledger) -> None:
    """
    2026-07-11 记-1 付办公费 | D 5602 200.00 | C 1002 200.00
    2026-09-11 记-1 付办公费 | D 5602 200.00 | C 1002 200.00
    """
    assert found("N21", ledger) == []


def test_a_balance_list_with_one_account_left_open_is_found(ledger: Ledger) -> None:
    """
    balance 2026-03 3103 0.00 0.00 300.00 -300.00
    balance 2026-03 5001 0.00 500.00 500.00 0.00
    balance 2026-03 5602 0.00 200.00 200.00 0.00
    balance 2026-03 5601 0.00 40.00 0.00 40.00
    """
    [finding] = found("N21", ledger)
    assert (finding.account, finding.rows, finding.amount) == ("5601", [5], Money(40_00))
