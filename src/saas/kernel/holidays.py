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

    `uncertain` names, for a year without a list, the months in which its festivals can move a due date.
    """

    rest: frozenset[date] = frozenset()
    work: frozenset[date] = frozenset()
    published: frozenset[int] = frozenset()
    uncertain: Mapping[int, frozenset[int]] = field(default_factory=dict)


def load_days(folder: Path) -> Days:
    """Every <year>.toml of a folder; ValueError with the file's name where a list contradicts itself."""
    rest: set[date] = set()
    work: set[date] = set()
    published: set[int] = set()
    uncertain: dict[int, frozenset[int]] = {}
    for path in sorted(folder.glob("*.toml")):
        table = tomllib.loads(path.read_text("utf-8"))
        year = table["year"]
        if table["status"] == "provisional":
            uncertain[year] = frozenset(table["festival_months"])
            continue
        published.add(year)
        for holiday in table["holiday"]:
            rest |= _run(holiday["from"], holiday["to"])
            work |= set(holiday["work"])
        _consistent(path, year, rest, work)
    return Days(frozenset(rest), frozenset(work), frozenset(published), uncertain)


def _run(first: date, last: date) -> set[date]:
    return {first + timedelta(n) for n in range((last - first).days + 1)}


def _consistent(path: Path, year: int, rest: set[date], work: set[date]) -> None:
    if not rest or not any(day.year == year for day in rest):
        raise ValueError(f"{path.name}: no day off in {year}")
    if rest & work:
        raise ValueError(f"{path.name}: both off and worked: {sorted(map(str, rest & work))}")
    if any(day.weekday() < 5 for day in work):
        raise ValueError(f"{path.name}: a make-up working day that is a weekday anyway")
