"""Books being spoiled on purpose: vouchers as lists of canonical lines, and what an error did to them.

Works on any client's stored ledger (saas.ledgers.frame.LINES); the demo's own error library spoils books while it
writes them, and its kinds bear the same names and rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from saas.checks import voucher_kinds
from saas.ledgers.charts import Chart
from saas.ledgers.frame import Ledger

Line = dict[str, Any]
Entry = Sequence[Line]
SMALL_CHANGE = 500_00  # fen: errors below would drown in bank fees and taxi fares
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

    def add(self, like: Entry, lines: Sequence[Line]) -> str:
        """A voucher with the next free number of the month, dated on its last booked day, written as `like` was."""
        head = like[0]
        mates = [ls[0] for _name, ls in self.of_period(head["period"]) if ls[0]["word"] == head["word"]]
        number = max((mate["number"] or 0 for mate in mates), default=0) + 1
        day = max(mate["date"] for mate in mates if mate["date"] is not None)
        name = self._name(head, number)
        made = [
            {**line, "voucher": name, "number": number, "number_text": str(number), "line": at, "date": day}
            for at, line in enumerate(lines, 1)
        ]
        self.vouchers[name] = made
        self.touched.add(name)
        return name

    def _name(self, head: Line, number: int) -> str:
        if OWN_ID.match(head["voucher"]):
            return f"{head['period']} {head['word']}-{number}" if head["word"] else f"{head['period']} {number}"
        stem = re.sub(r"\d+$", "", head["voucher"])
        return f"{stem}{number:04d}" if f"{stem}{number:04d}" not in self.vouchers else f"{stem}{number:04d}-1"


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
    return max(max(line["debit"], line["credit"]) for line in lines)
