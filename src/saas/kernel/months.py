"""Calendar months and quarters as running numbers, so that they can be counted; and days some months away.

A month's number is year × 12 + month − 1 ("2026-03" is 24314), a quarter's year × 4 + quarter − 1.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or that month's last; a negative number goes back."""
    year, month = divmod(month_number(day) + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_day_of_term(first: date, months: int) -> date:
    """The last day of so many months that begin on a day: a year from 2026-11-22 runs until 2027-11-21."""
    return months_after(first, months) - timedelta(days=1)


def month_end(month: date | str) -> date:
    """The last day of the day's month, or of "2026-03"."""
    day = date.fromisoformat(f"{month}-01") if isinstance(month, str) else month
    return day.replace(day=monthrange(day.year, day.month)[1])


def following_month(day: date) -> date:
    """The first day of the month after the day's own."""
    return months_after(day.replace(day=1), 1)


def quarter_start(day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def month_number(month: date | str) -> int:
    """Of the day's month, or of "2026-03"; ValueError for other text."""
    if isinstance(month, str):
        return int(month[:4]) * 12 + int(month[5:]) - 1
    return month.year * 12 + month.month - 1


def month_name(number: int) -> str:
    """24314 is "2026-03"."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def next_month(month: date | str) -> str:
    return month_name(month_number(month) + 1)


def month_before(month: date | str) -> str:
    """The last month that is over in this one."""
    return month_name(month_number(month) - 1)


def quarter_number(day: date) -> int:
    return month_number(day) // 3


def quarter_name(number: int) -> str:
    """8104 is "2026-Q1"."""
    return f"{number // 4}-Q{number % 4 + 1}"
