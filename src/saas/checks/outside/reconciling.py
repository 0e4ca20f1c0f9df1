"""One bank account: its statement against its entries in the books, and the reconciliation that follows (调节表)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from saas.checks.digest import digest
from saas.checks.outside.bank_matching import DAYS, Item, Match, Matching, match
from saas.kernel.months import month_end
from saas.ledgers.frame import Ledger


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What agrees and what does not, from the statement's first day to its last (or the books' last, if earlier)."""

    account: str
    first: date
    last: date
    matching: Matching  # rests only within first…last; entries before were looked at but are not in question


def reconcile(
    ledger: Ledger, account: str, lines: pl.DataFrame, *, days: int = DAYS, by_hand: Mapping[str, str] | None = None
) -> Reconciliation | None:
    """`lines` as bank_reading.LINES; `by_hand` statement key → ledger key. None where the two share no day."""
    entries = books_of(ledger, account)
    if lines.is_empty() or not entries:
        return None
    last = min(_day(lines["date"].max()), month_end(max(item.day for item in entries)))
    first = max(_day(lines["date"].min()), min(item.day for item in entries).replace(day=1))
    if first > last:
        return None
    bank = [item for item in statement_items(account, lines) if first <= item.day <= last]
    reach = timedelta(days=days)
    near = [item for item in entries if first - reach <= item.day <= last + reach]
    found = match(bank, near, days=days, by_hand=_by_hand(bank, entries, by_hand or {}))
    books = [item for item in found.books if first <= item.day <= last]
    return Reconciliation(account, first, last, Matching(found.matches, found.bank, books))


def statement_items(account: str, lines: pl.DataFrame) -> list[Item]:
    """The statement's lines with a key that stays the same when the file is imported again."""
    numbered = lines.with_columns(
        fen=pl.col("in_fen") - pl.col("out_fen"),
        nth=pl.int_range(pl.len()).over("date", "in_fen", "out_fen"),
    )
    wanted = numbered.select("date", "fen", "nth", "counterparty", "summary", "reference")
    return [
        Item(f"{account}@{day}@{fen}@{nth}", day, fen, party, f"{summary} {reference}".strip())
        for day, fen, nth, party, summary, reference in wanted.iter_rows()
    ]


def books_of(ledger: Ledger, account: str) -> list[Item]:
    """The entries on a bank account (and its details), one item a voucher and direction."""
    own = pl.col("account").cat.starts_with(account)
    lines = digest(ledger).lines.filter(own, pl.col("date").is_not_null())
    net = pl.when(pl.col("side") == "D").then(pl.col("fen")).otherwise(-pl.col("fen"))
    each = lines.with_columns(net=net, nth=pl.int_range(pl.len()).over("voucher")).filter(pl.col("net") != 0)
    wanted = each.select("voucher", "nth", "date", "net", "aux", "text")
    return [Item(f"{voucher}#{nth}", day, fen, aux, text) for voucher, nth, day, fen, aux, text in wanted.iter_rows()]


def voucher_of(item: Item) -> str:
    """The voucher of an entry of the books."""
    return item.key.rpartition("#")[0]


def _by_hand(bank: list[Item], books: list[Item], pairs: Mapping[str, str]) -> list[Match]:
    """Pairs a person made; several statement lines may share an entry. Those that no longer add up are dropped."""
    known_bank, known_books = {i.key: i for i in bank}, {i.key: i for i in books}
    groups: dict[str, list[Item]] = {}
    for key, entry in pairs.items():
        if key in known_bank and entry in known_books:
            groups.setdefault(entry, []).append(known_bank[key])
    return [
        Match(tuple(lines), (known_books[entry],), "hand")
        for entry, lines in groups.items()
        if sum(line.fen for line in lines) == known_books[entry].fen
    ]


def _day(value: Any) -> date:
    assert isinstance(value, date)  # a column of dates without nulls
    return value
