"""Books being spoiled on purpose: vouchers as lists of canonical lines, and what an error did to them.

Works on any client's stored ledger (saas.ledgers.frame.LINES); the demo's own error library spoils books while it
writes them, and its kinds bear the same names and rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from saas.checks import voucher_kinds
from saas.ledgers.charts import Chart
from saas.ledgers.frame import Ledger

Line = dict[str, Any]
Entry = Sequence[Line]
SMALL_CHANGE = 500_00  # fen: errors below would drown in bank fees and taxi fares
LAST_OF_THE_MONTH = ("closing", "vat_transfer", "cost_carry")
OWN_ID = re.compile(r"^(?P<period>\d{4}-\d{2}) (?P<rest>.+)$")


class NoPlaceError(ValueError):
    """These books offer no place for this kind of error."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """What was done: where it shows, and the entry that should stand there instead (or in addition)."""

    vouchers: tuple[str, ...]
    period: str
    right: tuple[dict[str, Any], ...]


@dataclass(slots=True)
class Scene:
    """One client's books and the dice. `kinds` are those of saas.checks.voucher_kinds."""

    chart: Chart
    vouchers: dict[str, list[Line]]  # in the order of the file
    kinds: dict[str, str]
    rng: Random
    touched: set[str] = field(default_factory=set)  # an earlier error stands there
    renamed: list[dict[str, str]] = field(default_factory=list)  # old name → new name, renumbering by renumbering

    @property
    def periods(self) -> list[str]:
        return sorted({str(lines[0]["period"]) for lines in self.vouchers.values() if lines[0]["period"]})

    def pick(self, fits: Callable[[Entry], bool], *kinds: str, recent: int = 12, skip_first: int = 0) -> str:
        """A voucher of these kinds in the last `recent` months that no other error uses."""
        months = set(self.periods[skip_first:][-recent:])
        found = [
            name
            for name, lines in self.vouchers.items()
            if self.kinds.get(name) in (kinds or ("ordinary",))
            and name not in self.touched
            and lines[0]["period"] in months
            and not any(line["void"] for line in lines)
            and fits(lines)
        ]
        if not found:
            raise NoPlaceError(", ".join(kinds))
        name = self.rng.choice(found)
        self.touched.add(name)
        return name

    def role(self, line: Line) -> str:
        account = self.chart.accounts.get(line["account"] or line["account_name"])
        return account.role if account is not None else ""

    def category(self, line: Line) -> str:
        account = self.chart.accounts.get(line["account"] or line["account_name"])
        return account.category if account is not None else ""

    def of_period(self, period: str) -> Iterator[tuple[str, list[Line]]]:
        return ((name, lines) for name, lines in self.vouchers.items() if lines[0]["period"] == period)

    def add(self, like: Entry, lines: Sequence[Line], day: date | None = None) -> str:
        """A voucher written as `like` was, on that day or the month's last booked one, numbered in its place."""
        head = like[0]
        mates = [
            (ls[0]["date"], ls[0]["number"] or 0)
            for name, ls in self.of_period(head["period"])
            if ls[0]["word"] == head["word"] and ls[0]["date"] and self.kinds.get(name) not in LAST_OF_THE_MONTH
        ]
        day = day or max(date for date, _number in mates)
        number = max((number for date, number in mates if date <= day), default=0) + 1
        self.renumber(head["period"], head["word"], number, 1)
        name = self._name(head, number)
        self.vouchers[name] = [
            {**line, "voucher": name, "number": number, "number_text": str(number), "line": at, "date": day}
            for at, line in enumerate(lines, 1)
        ]
        self.touched.add(name)
        return name

    def renumber(self, period: str, word: str | None, start: int, by: int) -> None:
        """Numbers from `start` on move by one in a month, as the program does when a voucher comes in or goes out."""
        moved: dict[str, list[Line]] = {}
        names: dict[str, str] = {}
        for name, lines in self.vouchers.items():
            head = lines[0]
            mine = head["period"] == period and head["word"] == word and OWN_ID.match(name)
            if mine and head["number"] is not None and head["number"] >= start:
                number = head["number"] + by
                names[name] = self._name(head, number)
                for line in lines:
                    line |= {"voucher": names[name], "number": number, "number_text": str(number)}
            moved[names.get(name, name)] = lines
        self.vouchers = moved
        self.kinds = {names.get(name, name): kind for name, kind in self.kinds.items()}
        self.touched = {names.get(name, name) for name in self.touched}
        self.renamed.append(names)

    def now(self, name: str, since: int) -> str:
        """What a voucher is called after the renumberings from the `since`-th on."""
        for names in self.renamed[since:]:
            name = names.get(name, name)
        return name

    def _name(self, head: Line, number: int) -> str:
        if OWN_ID.match(head["voucher"]):
            return f"{head['period']} {head['word']}-{number}" if head["word"] else f"{head['period']} {number}"
        stem = re.sub(r"\d+$", "", head["voucher"])
        free = max((int(n[len(stem) :]) for n in self.vouchers if re.fullmatch(rf"{re.escape(stem)}\d+", n)), default=0)
        return f"{stem}{free + 1:04d}"


def scene_of(ledger: Ledger, rng: Random) -> Scene:
    """The stored books as vouchers."""
    vouchers: dict[str, list[Line]] = {}
    for line in ledger.lines.iter_rows(named=True):
        vouchers.setdefault(line["voucher"], []).append(line)
    kinds = voucher_kinds.vouchers(ledger).select("voucher", "kind")
    return Scene(ledger.chart, vouchers, dict(kinds.iter_rows()), rng)


def entry(lines: Entry) -> tuple[dict[str, Any], ...]:
    """The lines as they are told after the drill: account, name, auxiliary, and fen."""
    return tuple(
        {
            "account": line["account"],
            "name": line["account_name"] or "",
            "aux": line["aux"] or "",
            "debit": line["debit"],
            "credit": line["credit"],
        }
        for line in lines
    )


def largest(lines: Entry) -> int:
    return max(max(int(line["debit"]), int(line["credit"])) for line in lines)
