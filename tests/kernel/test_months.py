"""Months and quarters: counted, named, and days some months away."""

from __future__ import annotations

from datetime import date

import pytest

from saas.kernel.months import (
    following_month,
    last_day_of_term,
    month_before,
    month_end,
    month_name,
    month_number,
    months_after,
    next_month,
    quarter_name,
    quarter_number,
    quarter_start,
)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 11, 22), 2, date(2027, 1, 22)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -13, date(2024, 12, 15)),
        (date(2026, 12, 1), 0, date(2026, 12, 1)),
    ],
)
def test_a_day_some_months_away_is_the_same_day_or_the_months_last(day: date, months: int, then: date) -> None:
    assert months_after(day, months) == then


@pytest.mark.parametrize(
    ("first", "months", "until"),
    [
        (date(2026, 11, 22), 12, date(2027, 11, 21)),
        (date(2026, 1, 31), 1, date(2026, 2, 27)),
        (date(2028, 2, 29), 12, date(2029, 2, 27)),
        (date(2026, 12, 1), 1, date(2026, 12, 31)),
    ],
)
def test_a_term_ends_the_day_before_it_would_begin_again(first: date, months: int, until: date) -> None:
    assert last_day_of_term(first, months) == until


def test_months_and_quarters_end_and_begin_across_a_year() -> None:
    assert (month_end(date(2028, 2, 3)), month_end(date(2026, 12, 31))) == (date(2028, 2, 29), date(2026, 12, 31))
    assert month_end("2028-02") == date(2028, 2, 29)
    assert following_month(date(2026, 12, 31)) == date(2027, 1, 1)
    starts = [quarter_start(date(2026, month, 28)).month for month in range(1, 13)]
    assert starts == [1, 1, 1, 4, 4, 4, 7, 7, 7, 10, 10, 10]


def test_names_and_numbers_are_each_others_inverse() -> None:
    assert [month_number(month_name(number)) for number in range(24300, 24330)] == list(range(24300, 24330))
    assert month_number(date(2026, 3, 31)) == month_number("2026-03") == 24314
    assert (next_month("2026-12"), month_before("2026-01"), month_before(date(2026, 1, 1))) == (
        "2027-01", "2025-12", "2025-12",
    )  # fmt: skip
    quarters = [quarter_name(quarter_number(date(2026, month, 1))) for month in (1, 3, 12)]
    assert quarters == ["2026-Q1", "2026-Q1", "2026-Q4"]
    with pytest.raises(ValueError, match="invalid literal"):
        month_number("2026")
