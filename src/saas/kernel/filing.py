"""When returns are due (accounting.md §6): base days, their shifts, and the guard that keeps our work ahead of them.

S15, 税收征收管理法实施细则 Art. 109: let n be the days of every run of at least three consecutive days off inside days
1–15 of the month. If n > 0 the due day is the n-th working day after the 15th, else the first working day from the 15th
on. S0: a last day that is a day off moves to the next working day. The tax administration's yearly table of monthly due
days overrides the formula; the formula gives the same days for all 36 months of 2024–2026.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Literal, get_args

from saas.kernel.calendar import Calendar
from saas.kernel.holidays import Days
from saas.kernel.months import following_month

Rule = Literal["S15", "S0", "none", "local"]
LADDER = (10, 5, 3, 1)  # working days before the due day at which a reminder goes out
STARTER = Path(__file__).parents[3] / "tenants" / "_starter" / "filing.toml"
LEAD = 2  # working days our own work must be ahead of a filing (domain.md W1)


@dataclass(frozen=True, slots=True)
class Filing:
    """One kind of return; `base` and `opens` are (month, day) of the year after the period, where a rule has them."""

    code: str
    name: Mapping[str, str]  # by locale: starter data is bilingual in itself
    who: tuple[str, ...]
    periods: tuple[str, ...]  # month, quarter, half, year
    rule: Rule
    base: tuple[int, int] | None
    opens: tuple[int, int] | None
    mark: str
    source: str


@dataclass(frozen=True, slots=True)
class Due:
    """A return's last day, as stored: where it began, where it moved, and what the reckoning rests on."""

    base: date
    day: date
    provisional: bool
    version: str  # of the calendar
    basis: Literal["table", "formula", "override"]


@dataclass(frozen=True, slots=True)
class FilingTable:
    """tenants/_starter/filing.toml: the returns, and the published monthly due days by year."""

    filings: Mapping[str, Filing]
    published: Mapping[int, tuple[int, ...]]


class FilingCalendar:
    """Due dates for one firm. `overrides` holds dates a province or a notice set: (filing, period) → day."""

    def __init__(
        self, table: FilingTable, calendar: Calendar, overrides: Mapping[tuple[str, str], date] | None = None
    ) -> None:
        self.table = table
        self.calendar = calendar
        self.days = calendar.days  # the country's days, not the firm's special ones, move a filing
        self.overrides = overrides or {}

    def due(self, code: str, period: str) -> Due | None:
        """The last day for a period ("2026-03", "2026-Q1", "2026-H1", "2026"); None where only the locality knows.

        KeyError for an unknown filing, ValueError for a period that is not one.
        """
        filing = self.table.filings[code]
        year, month = after(period)
        set_here = self.overrides.get((code, period))
        if set_here is not None:
            return Due(set_here, set_here, False, self.calendar.version, "override")
        if filing.rule == "S15":
            return self.fifteenth(year, month)
        if filing.base is None:
            return None
        base = date(year, *filing.base)
        if filing.rule == "none":
            return Due(base, base, False, self.calendar.version, "formula")
        unsure = self.days.may_move(base, before=7, after=7)
        return Due(base, next_working(self.days, base), unsure, self.calendar.version, "formula")

    def fifteenth(self, year: int, month: int) -> Due:
        """The monthly due day (S15) that falls in this month."""
        base = date(year, month, 15)
        if year in self.table.published:
            day = date(year, month, self.table.published[year][month - 1])
            return Due(base, day, False, self.calendar.version, "table")
        # Unsure: a festival from a week before the 1st (its days off can run into the month) to a week after the 15th.
        unsure = self.days.may_move(base, before=21, after=7)
        return Due(base, shifted(self.days, base), unsure, self.calendar.version, "formula")

    def next_fifteenth(self, today: date) -> Due:
        """The next monthly due day, today included."""
        this, following = self.fifteenth(today.year, today.month), following_month(today)
        return this if this.day >= today else self.fifteenth(following.year, following.month)

    def guard(self, sla_due: datetime, filing_day: date) -> datetime:
        """The earlier of our promise and the close of work two working days before the filing: min(SLA, filing − 2)."""
        return min(sla_due, self.calendar.close_of(self.calendar.add_working_days(filing_day, -LEAD)))

    def reminders(self, day: date) -> tuple[date, ...]:
        """The days on which to remind of a filing due on `day`: 10, 5, 3 and 1 working days before."""
        return tuple(self.calendar.add_working_days(day, -ahead) for ahead in LADDER)


def shifted(days: Days, base: date) -> date:
    """S15 by the formula: from the 15th of a month to the day the law moves it to."""
    first_half = [base.replace(day=n) for n in range(1, 16)]
    runs = [len(list(run)) for worked, run in groupby(first_half, key=days.is_working) if not worked]
    shift = sum(length for length in runs if length >= 3)
    day = next_working(days, base)
    if shift and day == base:  # the n days are counted after the 15th, not from it
        day = next_working(days, base + timedelta(1))
    for _step in range(shift - 1):
        day = next_working(days, day + timedelta(1))
    return day


def next_working(days: Days, day: date) -> date:
    """The day itself if the country works on it, else the next one on which it does."""
    while not days.is_working(day):
        day += timedelta(1)
    return day


def after(period: str) -> tuple[int, int]:
    """Year and month that follow a period: "2026-Q4" → (2027, 1)."""
    match = re.fullmatch(r"(\d{4})(?:-(?:(\d\d)|Q([1-4])|H([12])))?", period)
    if match is None or (match[2] and not 1 <= int(match[2]) <= 12):
        raise ValueError(f"not a period: {period!r}")
    last = int(match[2] or 0) or int(match[3] or 0) * 3 or int(match[4] or 0) * 6 or 12
    return int(match[1]) + last // 12, last % 12 + 1


@cache
def filing_table() -> FilingTable:
    """tenants/_starter/filing.toml, read once."""
    return load_filings(STARTER)


def load_filings(path: Path) -> FilingTable:
    """Read filing.toml; KeyError or ValueError where a row is incomplete."""
    table = tomllib.loads(path.read_text("utf-8"))
    published = {row["year"]: tuple(row["days"]) for row in table["published"]}
    if any(len(days) != 12 for days in published.values()):
        raise ValueError(f"{path.name}: a published year needs twelve days")
    return FilingTable({row["code"]: _filing(row) for row in table["filing"]}, published)


def _filing(row: Mapping[str, Any]) -> Filing:
    filing = Filing(
        code=row["code"],
        name=row["name"],
        who=tuple(row["who"]),
        periods=tuple(row["periods"]),
        rule=row["rule"],
        base=_month_day(row.get("base")),
        opens=_month_day(row.get("opens")),
        mark=row["mark"],
        source=row["source"],
    )
    if filing.rule not in get_args(Rule) or (filing.rule in ("S0", "none")) != (filing.base is not None):
        raise ValueError(f"filing {filing.code}: rule {filing.rule!r} and base {filing.base} do not fit")
    return filing


def _month_day(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    month, _dash, day = text.partition("-")
    return int(month), int(day)
