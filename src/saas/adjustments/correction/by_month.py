"""One error repeated in many vouchers: instead of a pair for each, one pair a month with a list (§1.3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from saas.adjustments.correction import wording
from saas.adjustments.correction.facts import Period
from saas.adjustments.correction.vouchers import Entry, Line, Mistake, Voucher
from saas.kernel.money import ZERO

BETWEEN = "、"  # keys of the vouchers that one summary voucher corrects


def summed_by_month(entries: Sequence[Entry], mistakes: Sequence[Mistake]) -> list[Entry]:
    """The red and blue entries of each month and 凭证字 as one pair; a month with one wrong voucher keeps its own.

    `entries` are the pairs of the mistakes, in their order.
    """
    wrong = {m.wrong.key: m.wrong for m in mistakes if m.wrong is not None}
    found: list[Entry] = []

    def place(entry: Entry) -> tuple[Period, str]:
        booked = wrong[entry.refers_to]
        return Period.of(booked.date), booked.word

    for _place, pairs in groupby(sorted(entries, key=place), key=place):
        group = list(pairs)
        reds = [entry for entry in group if entry.colour == "red"]
        blues = [entry for entry in group if entry.colour != "red"]
        vouchers = [wrong[entry.refers_to] for entry in reds]
        if len(reds) < 2:
            found += [*reds, *blues]
            continue
        found.append(_sum(reds, vouchers, wording.cancel_many(vouchers)))
        found.append(_sum(blues, vouchers, wording.put_right_many(vouchers)))
    return found


def wrong_lines(refers_to: str, books: dict[str, Voucher]) -> tuple[Line, ...] | None:
    """What the vouchers named hold together, line by line where it is one; None where one of them is not there."""
    keys = refers_to.split(BETWEEN)
    if any(key not in books for key in keys):
        return None
    lines = [line for key in keys for line in books[key].lines]
    return tuple(lines) if len(keys) == 1 else added_up(lines)


def added_up(lines: Iterable[Line]) -> tuple[Line, ...]:
    """One line for each account, auxiliary and side, in the order of their first appearance; zeros are left out."""
    sums: dict[tuple[str, str, bool], Line] = {}
    for line in lines:
        key = (*line.key, line.on_debit)
        known = sums.get(key)
        sums[key] = line if known is None else _plus(known, line)
    return tuple(line for line in sums.values() if line.debit != ZERO or line.credit != ZERO)


def _plus(one: Line, other: Line) -> Line:
    known = one.quantity is not None and other.quantity is not None
    quantity = one.quantity + other.quantity if known else None  # type: ignore[operator]
    return replace(one, debit=one.debit + other.debit, credit=one.credit + other.credit, quantity=quantity)


def _sum(entries: Sequence[Entry], vouchers: Sequence[Voucher], summary: str) -> Entry:
    lines = added_up(line for entry in entries for line in entry.lines)
    keys = BETWEEN.join(voucher.key for voucher in vouchers)
    return replace(entries[0], summary=summary, lines=lines, refers_to=keys)
