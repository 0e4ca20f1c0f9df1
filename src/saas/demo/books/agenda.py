"""Days on which things happen: the country's working days, drawn from a stretch of the month."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random

from saas.kernel.holidays import Days, load_days
from saas.kernel.months import month_end

HOLIDAYS = Path(__file__).parents[4] / "tenants" / "_starter" / "calendar"
Task = tuple[int, Callable[[], object]]  # (day of the month, what happens)


@cache
def working_days(first: date) -> tuple[int, ...]:
    """The working days of the month that `first` opens (State Council lists, else Monday to Friday)."""
    month = range(1, month_end(first).day + 1)
    return tuple(day for day in month if _calendar().is_working(first.replace(day=day)))


def some_day(rng: Random, first: date, start: int = 1, end: int = 31) -> int:
    """A working day between two days of the month that `first` opens; `start` where a holiday fills the stretch."""
    days = [day for day in working_days(first) if start <= day <= end]
    return rng.choice(days) if days else start


def next_working_day(day: date) -> date:
    """That day, or the next on which the country works."""
    while not _calendar().is_working(day):
        day += timedelta(days=1)
    return day


@cache
def _calendar() -> Days:
    return load_days(HOLIDAYS)
