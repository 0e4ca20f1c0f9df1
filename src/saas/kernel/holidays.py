"""The State Council's yearly lists of days off and make-up working days, as data (tenants/_starter/calendar)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Days:
    """Days off, weekend days worked instead (调休), and the years whose list is out.

    `festivals` gives, for a year whose list is not out yet, the festivals it will certainly be about.
    """

    rest: frozenset[date] = frozenset()
    work: frozenset[date] = frozenset()
    published: frozenset[int] = frozenset()
    festivals: Mapping[int, frozenset[date]] = field(default_factory=dict)

    def is_working(self, day: date) -> bool:
        """Whether the country works on this day; Monday to Friday where no list says otherwise."""
        return day in self.work or (day.weekday() < 5 and day not in self.rest)

    def may_move(self, day: date, before: int, after: int) -> bool:
        """Whether a list still to come could touch the days from `before` days earlier to `after` days later."""
        if day.year in self.published:
            return False
        festivals = self.festivals.get(day.year)
        return festivals is None or any(-before <= (festival - day).days <= after for festival in festivals)


def load_days(folder: Path) -> Days:
    """Every <year>.toml of a folder; ValueError with the file's name where a list contradicts itself."""
    rest: set[date] = set()
    work: set[date] = set()
    published: set[int] = set()
    festivals: dict[int, frozenset[date]] = {}
    for path in sorted(folder.glob("*.toml")):
        table = tomllib.loads(path.read_text("utf-8"))
        year = table["year"]
        if table["status"] == "provisional":
            festivals[year] = frozenset(festival["date"] for festival in table["festival"])
            continue
        published.add(year)
        for holiday in table["holiday"]:
            rest |= _run(holiday["from"], holiday["to"])
            work |= set(holiday["work"])
        _consistent(path, year, rest, work)
    return Days(frozenset(rest), frozenset(work), frozenset(published), festivals)


def _run(first: date, last: date) -> set[date]:
    return {first + timedelta(n) for n in range((last - first).days + 1)}


def _consistent(path: Path, year: int, rest: set[date], work: set[date]) -> None:
    if not rest or not any(day.year == year for day in rest):
        raise ValueError(f"{path.name}: no day off in {year}")
    if rest & work:
        raise ValueError(f"{path.name}: both off and worked: {sorted(map(str, rest & work))}")
    if any(day.weekday() < 5 for day in work):
        raise ValueError(f"{path.name}: a make-up working day that is a weekday anyway")
