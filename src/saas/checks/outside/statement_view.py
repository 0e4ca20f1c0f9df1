"""The reconciliation as a sheet: both balances, what stands on one side only, and the balance they agree on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from saas.checks.outside.bank_matching import Item, Match
from saas.checks.outside.reconciling import Reconciliation, books_of, voucher_of
from saas.checks.positions import positions
from saas.kernel.i18n import Text, _
from saas.kernel.money import Money
from saas.ledgers.frame import Ledger

HOW: dict[str, Text] = {
    "exact": _("same day"),
    "days": _("some days apart"),
    "sum": _("as a sum"),
    "hand": _("matched by hand"),
}
LISTED = 200  # matches shown; the counts are complete


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the page shows of one bank account. Balances are None where a side does not tell its own."""

    account: str
    name: str
    result: Reconciliation | None  # None: statement and books share no day
    bank_balance: Money | None
    books_balance: Money | None
    counts: dict[str, int]

    @property
    def bank_adjusted(self) -> Money | None:
        """The bank's balance with what only the books have."""
        return _adjusted(self.bank_balance, self.result.matching.books if self.result else ())

    @property
    def books_adjusted(self) -> Money | None:
        """The books' balance with what only the statement has."""
        return _adjusted(self.books_balance, self.result.matching.bank if self.result else ())

    @property
    def difference(self) -> Money | None:
        if self.bank_adjusted is None or self.books_adjusted is None:
            return None
        return Money(self.bank_adjusted.fen - self.books_adjusted.fen)

    @property
    def matches(self) -> list[dict[str, Any]]:
        every = self.result.matching.matches if self.result else []
        return [_match(one) for one in sorted(every, key=lambda one: one.bank[0].day)[:LISTED]]

    @property
    def bank_rest(self) -> list[dict[str, Any]]:
        return [_row(item) for item in (self.result.matching.bank if self.result else ())]

    @property
    def books_rest(self) -> list[dict[str, Any]]:
        rest = self.result.matching.books if self.result else ()
        return [_row(item) | {"voucher": voucher_of(item)} for item in rest]


def sheet(ledger: Ledger, account: str, lines: pl.DataFrame, result: Reconciliation | None) -> Sheet:
    """The sheet at the last day of the reconciliation."""
    known = ledger.chart.accounts.get(account)
    counts = dict.fromkeys(HOW, 0)
    for one in result.matching.matches if result else ():
        counts[one.how] += 1
    return Sheet(
        account,
        known.name if known else "",
        result,
        _bank_balance(lines, result.last) if result else None,
        _books_balance(ledger, account, result.last) if result else None,
        counts,
    )


def _bank_balance(lines: pl.DataFrame, day: date) -> Money | None:
    until = lines.filter(pl.col("date") <= day)["balance_fen"]
    return None if until.is_empty() or until[-1] is None else Money(int(until[-1]))


def _books_balance(ledger: Ledger, account: str, day: date) -> Money | None:
    """The month's opening and what it moved up to that day; None where no opening is known."""
    ends = positions(ledger).ends.filter(pl.col("account") == account)
    month = f"{day:%Y-%m}"
    this = ends.filter(pl.col("period") == month)
    if this.is_empty():
        return None
    opening = int(this["closing"][0] - this["net"][0])
    moved = sum(item.fen for item in books_of(ledger, account) if f"{item.day:%Y-%m}" == month and item.day <= day)
    return Money(opening + moved)


def _adjusted(balance: Money | None, items: Any) -> Money | None:
    return None if balance is None else Money(balance.fen + sum(item.fen for item in items))


def _row(item: Item) -> dict[str, Any]:
    return {"key": item.key, "day": item.day, "amount": Money(item.fen), "party": item.party, "text": item.text}


def _match(one: Match) -> dict[str, Any]:
    return {
        "how": HOW[one.how],
        "by_hand": one.how == "hand",
        "bank": [_row(item) for item in one.bank],
        "books": [_row(item) | {"voucher": voucher_of(item)} for item in one.books],
    }
