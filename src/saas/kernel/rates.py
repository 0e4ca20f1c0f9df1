"""Rates, thresholds and limits as dated rows. A figure the law can change is never a constant in code.

A row says from when to when it holds, for whom, where it stands and how sure we are of it (accounting.md §3). The file
is the firm's own data (`tax_table.toml`); this module only reads it and finds the row of a day.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from typing import Any

from saas.kernel.money import Money

Value = Decimal | str | tuple[Decimal, ...] | dict[str, Decimal]


class MissingRateError(LookupError):
    """The table has no row for this item on this day: say so, never guess."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table, in force on every day from `start` to `end`, both included."""

    item: str  # "vat.levy_relief"
    start: date
    end: date | None  # None: still in force as far as known
    kinds: frozenset[str]  # "G" general, "S" small-scale, "small_profit", ...; empty: everybody
    value: Value  # shares of one (0.03), yuan, or days; several where the text names several
    source: str  # the text and article, as it is cited in Chinese
    mark: str  # V checked, K known from practice, "confirm" an accountant has to settle it
    note: str  # what the figure alone does not say

    def holds(self, on: date, kind: str | None) -> bool:
        dated = self.start <= on and (self.end is None or on <= self.end)
        return dated and (kind is None or not self.kinds or kind in self.kinds)

    @property
    def number(self) -> Decimal:
        """The single figure of the row: a share of one, or an amount in yuan. ValueError where it has several."""
        if not isinstance(self.value, Decimal):
            raise ValueError(f"{self.item} has more than one figure")
        return self.value

    @property
    def money(self) -> Money:
        """The single figure, read as yuan."""
        return Money.round(self.number)

    @property
    def numbers(self) -> tuple[Decimal, ...]:
        """Every figure of the row in the order of the text, for tests like "is this one of the lawful rates?"."""
        match self.value:
            case Decimal():
                return (self.value,)
            case tuple():
                return self.value
            case dict():
                return tuple(self.value.values())
        return ()

    def part(self, name: str) -> Decimal:
        """One of several named figures ("education"). KeyError when the row has no such part."""
        if not isinstance(self.value, dict):
            raise KeyError(name)
        return self.value[name]

    @property
    def slices(self) -> tuple[tuple[Decimal, Decimal], ...]:
        """(upper limit in yuan, share) per slice, lowest first, for rows whose parts are named by their limit."""
        if not isinstance(self.value, dict):
            raise ValueError(f"{self.item} has no slices")
        return tuple(sorted((Decimal(limit), share) for limit, share in self.value.items()))


@dataclass(frozen=True)
class Rates:
    """The whole table."""

    rows: tuple[Row, ...]

    def at(self, item: str, on: date, kind: str | None = None) -> Row:
        """The row in force on that day. MissingRateError when there is none; ValueError when `kind` has to decide."""
        row = self.find(item, on, kind)
        if row is None:
            raise MissingRateError(f"{item} has no row on {on.isoformat()}" + (f" for {kind}" if kind else ""))
        return row

    def find(self, item: str, on: date, kind: str | None = None) -> Row | None:
        """As `at`, but None where nothing is in force: a relief that had lapsed is an answer, not an error."""
        found = [row for row in self._items.get(item, ()) if row.holds(on, kind)]
        if len(found) > 1:
            raise ValueError(f"{item} has {len(found)} rows on {on.isoformat()}: say for whom")
        return found[0] if found else None

    def history(self, item: str) -> tuple[Row, ...]:
        """Every row of an item, oldest first, as Settings shows it."""
        return tuple(sorted(self._items.get(item, ()), key=lambda row: (row.start, sorted(row.kinds))))

    @cached_property
    def _items(self) -> Mapping[str, list[Row]]:
        items: dict[str, list[Row]] = {}
        for row in self.rows:
            items.setdefault(row.item, []).append(row)
        return items


def percent(share: Decimal) -> str:
    """A share of one as it is read: 0.0005 → "0.05%"."""
    return f"{(share * 100).normalize():f}%"


def load(path: Path) -> Rates:
    """Read a tax table. ValueError names the row that cannot be read."""
    return parse(path.read_text(encoding="utf-8"))


def parse(text: str) -> Rates:
    """The same, from the file's text."""
    return Rates(tuple(_row(raw) for raw in tomllib.loads(text)["row"]))


def _row(raw: Mapping[str, Any]) -> Row:
    try:
        start, end = raw["from"], raw.get("to")
        if end is not None and end < start:
            raise ValueError("it ends before it begins")
        return Row(
            item=raw["item"],
            start=start,
            end=end,
            kinds=frozenset(raw.get("kinds", ())),
            value=_value(raw["value"]),
            source=raw["source"],
            mark=raw["mark"],
            note=raw.get("note", ""),
        )
    except (KeyError, ValueError, InvalidOperation) as error:
        where = f"{raw.get('item', 'a row without an item')} from {raw.get('from')}"
        raise ValueError(f"tax table, {where}: {error}") from error


def _value(raw: object) -> Value:
    match raw:
        case dict():
            return {name: _figure(figure) for name, figure in raw.items()}
        case list():
            return tuple(_figure(figure) for figure in raw)
        case str() if raw[:1].isdigit():
            return _figure(raw)
        case str():
            return raw
    raise ValueError(f"figures are written in quotes: {raw!r}")


def _figure(raw: str) -> Decimal:
    """ "3%" is 0.03, "100000" is itself; binary floats never come in."""
    return Decimal(raw.removesuffix("%")) / 100 if raw.endswith("%") else Decimal(raw)
