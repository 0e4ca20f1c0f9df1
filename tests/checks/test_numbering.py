"""N02, N03 and N04."""

from __future__ import annotations

import pytest

from saas.kernel.money import Money
from saas.ledgers.frame import Ledger
from tests.checks.ledger_text import found, ledger_of


def plain(period: str, numbers: list[int], word: str = "记-", day: int | None = None) -> str:
    """Vouchers of one amount with these numbers, on consecutive days unless one is given."""
    return "\n".join(
        f"{period}-{day or min(at, 28):02d} {word}{n} 付款 | D 5602 {n}.00 | C 1002 {n}.00"
        for at, n in enumerate(numbers, 1)
    )


def test_a_gap_says_which_numbers_are_missing_and_where(ledger: Ledger) -> None:
    """
    2026-01-05 记-1 付款 | D 5602 1.00 | C 1002 1.00
    2026-01-06 记-2 付款 | D 5602 1.00 | C 1002 1.00
    2026-02-05 记-1 付款 | D 5602 1.00 | C 1002 1.00
    2026-02-06 记-2 付款 | D 5602 1.00 | C 1002 1.00
    2026-02-07 记-5 付款 | D 5602 1.00 | C 1002 1.00
    """
    [finding] = found("N02", ledger)
    assert (finding.vouchers, finding.rows, finding.period, finding.severity) == ([], [], "2026-02", "medium")
    assert finding.compared == {
        "kind": "gap", "word": "记", "from": 2, "to": 5, "count": 2, "missing": [3, 4],
        "before": "2026-02 记-2", "after": "2026-02 记-5",
    }  # fmt: skip


def test_a_gap_weighs_more_once_the_month_is_closed(ledger: Ledger) -> None:
    """
    2026-01-05 记-1 付款 | D 5602 1.00 | C 1002 1.00
    2026-01-06 记-3 付款 | D 5602 1.00 | C 1002 1.00
    2026-01-31 记-4 结转损益 | D 3103 2.00 | C 5602 2.00
    2026-02-05 记-1 付款 | D 5602 1.00 | C 1002 1.00
    2026-02-06 记-3 付款 | D 5602 1.00 | C 1002 1.00
    """
    assert [(f.period, f.severity) for f in found("N02", ledger)] == [("2026-01", "high"), ("2026-02", "low")]


@pytest.mark.parametrize(
    "text",
    [
        plain("2026-01", [1, 2, 3]) + "\n" + plain("2026-02", [1, 2]),  # restarts each month
        plain("2026-01", [1, 2, 3]) + "\n" + plain("2026-02", [4, 5]) + "\n" + plain("2027-01", [1, 2]),  # each year
        plain("2026-03", [301, 302]) + "\n" + plain("2026-04", [303, 304]),  # part of a year
        plain("2026-01", [1, 2], "收-") + "\n" + plain("2026-01", [1, 2, 3], "付-"),  # several words
        plain("2026-01", [1, 3, 5, 7, 9], "收-")
        + "\n"
        + plain("2026-01", [2, 4, 6, 8, 10], "付-"),  # one for all words
        plain("2026-01", [1, 2]) + "\n2026-01-09 记-3 作废 | D 5602 0.00 {void}\n" + plain("2026-01", [4, 5]),
    ],
)
def test_complete_numbers_are_silent(text: str) -> None:
    assert found("N02", ledger_of(text)) == []


def test_numbers_of_a_year_show_a_gap_between_two_months(ledger: Ledger) -> None:
    """
    2026-01-05 记-1 付款 | D 5602 1.00 | C 1002 1.00
    2026-01-06 记-2 付款 | D 5602 1.00 | C 1002 1.00
    2026-01-16 记-3 付款 | D 5602 1.00 | C 1002 1.00
    2026-01-17 记-4 付款 | D 5602 1.00 | C 1002 1.00
    2026-01-18 记-5 付款 | D 5602 1.00 | C 1002 1.00
    2026-01-19 记-6 付款 | D 5602 1.00 | C 1002 1.00
    2026-02-05 记-8 付款 | D 5602 1.00 | C 1002 1.00
    """
    [finding] = found("N02", ledger)
    assert (finding.compared["from"], finding.compared["to"], finding.period) == (6, 8, "2026-01")


def test_declared_void_numbers_are_no_gap() -> None:
    ledger = ledger_of(plain("2026-01", [1, 2, 4]) + "\n" + plain("2026-02", [1, 2]))
    assert len(found("N02", ledger)) == 1
    assert found("N02", ledger, void_numbers=("2026-01 记-3",)) == []


def test_a_new_number_range_is_no_missing_voucher() -> None:
    ledger = ledger_of("other\n" + plain("2026-01", [100000, 100001, 100002, 200000, 200001], ""))
    [finding] = found("N02", ledger)
    assert (finding.severity, finding.compared["kind"]) == ("info", "new_range")
    assert (finding.compared["from"], finding.compared["to"]) == (100002, 200000)


def test_a_selection_of_vouchers_has_no_gaps() -> None:
    assert found("N02", ledger_of(plain("2026-01", list(range(1, 120, 5))))) == []


def test_one_number_on_two_days_is_found_with_both_vouchers(ledger: Ledger) -> None:
    """
    2026-01-05 记-1 付房租 | D 5602 10.00 | C 1002 10.00
    2026-01-06 记-2 付电费 | D 5602 20.00 | C 1002 20.00
    2026-01-09 记-2 付水费 | D 5602 30.00 | C 1002 30.00
    """
    [finding] = found("N03", ledger)
    assert (finding.vouchers, finding.rows, finding.period) == (["2026-01 记-2"], [4, 5, 6, 7], "2026-01")
    assert (finding.severity, finding.amount) == ("medium", Money(30_00))


def test_a_number_used_again_far_below_is_found(ledger: Ledger) -> None:
    """
    2026-01-31 记-1 付房租 | D 5602 10.00 | C 1002 10.00
    2026-01-31 记-2 付电费 | D 5602 20.00 | C 1002 20.00
    2026-01-31 记-3 付邮费 | D 5602 40.00 | C 1002 40.00
    2026-01-31 记-2 付水费 | D 5602 30.00 | C 1002 30.00
    """
    [finding] = found("N03", ledger)
    assert finding.rows == [4, 5, 8, 9]


def test_two_vouchers_run_together_beside_a_missing_number(ledger: Ledger) -> None:
    """
    2026-01-31 记-1 付房租 | D 5602 10.00 | C 1002 10.00
    2026-01-31 记-2 付电费 | D 5602 20.00 | C 1002 20.00
    + 付水费 | D 5602 30.00 | C 1002 30.00
    2026-01-31 记-4 付邮费 | D 5602 40.00 | C 1002 40.00
    2026-01-31 记-5 付邮费 | D 5602 40.00 | C 1002 40.00
    """
    [finding] = found("N03", ledger)
    assert finding.rows == [4, 5, 6, 7]
    assert finding.amount == Money(30_00)


def test_one_voucher_for_two_events_is_right_where_no_number_is_missing(ledger: Ledger) -> None:
    """
    2026-01-31 记-1 付房租 | D 5602 10.00 | C 1002 10.00
    2026-01-31 记-2 付电费 | D 5602 20.00 | C 1002 20.00
    + 付水费 | D 5602 30.00 | C 1002 30.00
    2026-01-31 记-3 付邮费 | D 5602 40.00 | C 1002 40.00
    """
    assert found("N03", ledger) == []


def test_a_voucher_on_two_pages_is_one_voucher(ledger: Ledger) -> None:
    """
    2026-01-31 记-1 付房租 | D 5602 10.00 | C 1002 10.00
    2026-01-31 记-2 付运费 | D 5602 20.00 | D 5601 20.00
    -
    + 付运费 | D 5601 30.00 | C 1002 70.00
    """
    assert found("N03", ledger) == []


def test_two_sets_of_books_in_one_file_are_said_once() -> None:
    text = plain("2026-01", list(range(1, 11)), day=31) + "\n" + plain("2026-01", list(range(1, 11)), day=31)
    [finding] = found("N03", ledger_of(text))
    assert (finding.severity, finding.object, finding.compared) == ("info", "file", {"repeated": 10, "numbers": 10})


def test_the_voucher_that_breaks_the_order_of_dates_is_found() -> None:
    text = plain("2026-01", list(range(1, 21))).replace("2026-01-15 记-15", "2026-01-03 记-15")
    [finding] = found("N04", ledger_of(text))
    assert (finding.vouchers, finding.rows, finding.severity) == (["2026-01 记-15"], [30, 31], "low")
    assert (finding.compared["other"], finding.compared["other_date"]) == ("2026-01 记-14", "2026-01-14")


@pytest.mark.parametrize(
    "text",
    [
        plain("2026-01", list(range(1, 21)), day=31),  # every voucher dated at the month's end
        plain("2026-01", [3, 9, 1, 7, 5, 2, 8, 4, 6, 10]),  # numbers never followed the dates
    ],
)
def test_books_whose_dates_say_nothing_have_no_order(text: str) -> None:
    assert found("N04", ledger_of(text)) == []
