"""Days on which things happen: working days, drawn from a stretch of the month."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random

from saas.demo.books.desk import last_day

Task = tuple[int, Callable[[], object]]  # (day of the month, what happens)


def some_day(rng: Random, first: date, start: int = 1, end: int = 31) -> int:
    """A weekday between two days of the month that `first` opens."""
    end = min(end, last_day(first).day)
    days = [day for day in range(start, end + 1) if first.replace(day=day).weekday() < 5]
    return rng.choice(days) if days else start
