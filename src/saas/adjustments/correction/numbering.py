"""Date, 凭证字 and number of drafted vouchers (accounting.md §1.3).

Never the original's date, never outside the open period, never before the last voucher of the same 凭证字; the next
free numbers, in the order of the plan. An entry that waits for its month gets its last day and no number.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from saas.adjustments.correction.books import OpenBooks
from saas.adjustments.correction.vouchers import Entry, Voucher

THREE_SERIES = {"收", "付", "转"}


def number(entries: Iterable[Entry], books: OpenBooks) -> tuple[Voucher, ...]:
    """The entries as vouchers, in the same order, those that wait at the end."""
    next_numbers: dict[str, int] = {}
    vouchers: list[Voucher] = []
    for entry in sorted(entries, key=lambda entry: entry.waits_for is not None):
        word = word_of(entry, books)
        if entry.waits_for is not None:
            vouchers.append(_voucher(entry, entry.waits_for.last, word, None))
            continue
        free = next_numbers.get(word, books.last_numbers.get(word, 0) + 1)
        next_numbers[word] = free + 1
        vouchers.append(_voucher(entry, date_in(books, word), word, free))
    return tuple(vouchers)


def date_in(books: OpenBooks, word: str) -> date:
    """Today if it lies in the open period, else the period's last day; not before the last voucher of the series."""
    made = books.today if books.open_period.covers(books.today) else books.open_period.last
    return max(made, books.last_dates.get(word, made))


def word_of(entry: Entry, books: OpenBooks) -> str:
    """A red copy keeps its 凭证字; with three series, money in is 收, money out is 付, the rest is 转."""
    three = set(books.words) >= THREE_SERIES
    if entry.word and (entry.colour == "red" or not three):
        return entry.word
    if not three:
        return books.words[0]
    cash = [line.net.fen for line in entry.lines if books.has_role(line.account, "cash", "bank")]
    if any(fen < 0 for fen in cash):
        return "付"
    return "收" if cash else "转"


def _voucher(entry: Entry, on: date, word: str, free: int | None) -> Voucher:
    return Voucher(
        date=on,
        word=word,
        number=free,
        summary=entry.summary,
        lines=entry.lines,
        colour=entry.colour,
        stage=entry.stage,
        about=entry.about,
        refers_to=entry.refers_to,
        basis=entry.basis,
    )
