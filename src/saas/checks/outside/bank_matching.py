"""Match the lines of a bank statement with the entries of the bank account in the ledger, each line at most once.

First what agrees in amount and day, then in amount within some days, then one line against a sum of several on the
other side. Nothing is matched by amount alone over a longer time: two equal payments a month apart are two payments.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from typing import Literal

How = Literal["exact", "days", "sum", "hand"]
DAYS = 5  # between the bank's day and the ledger's, unless the firm says otherwise
MOST_IN_SUM = 6  # parts of one sum
MOST_EQUAL = 40  # entries of one amount and day that one line is held against
MOST_TRIED = 14  # candidates for a sum; beyond that only whole groups of one day or one party are tried


@dataclass(frozen=True, slots=True)
class Item:
    """One line of either side. `fen` is what came in; below zero, what went out."""

    key: str
    day: date
    fen: int
    party: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """Lines of the statement that are entries of the ledger; their sums are equal."""

    bank: tuple[Item, ...]
    books: tuple[Item, ...]
    how: How


@dataclass(frozen=True, slots=True)
class Matching:
    """Every line stands in exactly one match or in one of the two rests."""

    matches: list[Match]
    bank: list[Item]  # on the statement only
    books: list[Item]  # in the ledger only


def match(bank: Sequence[Item], books: Sequence[Item], *, days: int = DAYS, by_hand: Iterable[Match] = ()) -> Matching:
    """Match both sides. What a person matched stays matched."""
    found = list(by_hand)
    done = {item.key for one in found for item in (*one.bank, *one.books)}
    left = [item for item in bank if item.key not in done]
    right = [item for item in books if item.key not in done]
    for reach in (0, days):
        found += _one_to_one(left, right, reach)
    found += [Match((one,), parts, "sum") for one, parts in _sums(left, right, days)]
    found += [Match(parts, (one,), "sum") for one, parts in _sums(right, left, days)]
    return Matching(found, left, right)


def _one_to_one(left: list[Item], right: list[Item], reach: int) -> list[Match]:
    """Pairs of equal amount, the nearest days first, then those whose words agree. Takes them out of both."""
    offered: dict[tuple[int, date], list[Item]] = defaultdict(list)
    for item in right:
        offered[item.fen, item.day].append(item)
    offers = [
        (abs(step), -_agreement(one, other), at, place, one, other)
        for at, one in enumerate(left)
        for step in range(-reach, reach + 1)
        for place, other in enumerate(offered.get((one.fen, one.day + timedelta(days=step)), ())[:MOST_EQUAL])
    ]
    taken: set[str] = set()
    found = []
    for distance, _agree, _at, _place, one, other in sorted(offers, key=lambda offer: offer[:4]):
        if one.key in taken or other.key in taken:
            continue
        taken |= {one.key, other.key}
        found.append(Match((one,), (other,), "exact" if distance == 0 else "days"))
    _take_out(left, taken)
    _take_out(right, taken)
    return found


def _sums(singles: list[Item], parts: list[Item], days: int) -> list[tuple[Item, tuple[Item, ...]]]:
    """Singles that are the sum of several parts of the same direction within the days. Takes them out of both."""
    found, taken = [], set[str]()
    for one in sorted(singles, key=lambda item: (item.day, item.key)):
        near = [
            other
            for other in parts
            if other.key not in taken
            and (other.fen > 0) == (one.fen > 0)
            and abs(other.fen) < abs(one.fen)
            and abs((other.day - one.day).days) <= days
        ]
        chosen = _group(one, near) or _subset(one, near)
        if chosen:
            taken |= {one.key, *(other.key for other in chosen)}
            found.append((one, tuple(sorted(chosen, key=lambda item: (item.day, item.key)))))
    _take_out(singles, taken)
    _take_out(parts, taken)
    return found


def _group(one: Item, near: Sequence[Item]) -> tuple[Item, ...]:
    """All lines of one day, or of one party: a payroll run, a day's takings."""
    groups: dict[tuple[str, str], list[Item]] = defaultdict(list)
    for other in near:
        groups["day", str(other.day)].append(other)
        if other.party:
            groups["party", other.party].append(other)
    exact = [tuple(group) for group in groups.values() if len(group) > 1 and sum(o.fen for o in group) == one.fen]
    return max(exact, key=lambda group: sum(_agreement(one, other) for other in group), default=())


def _subset(one: Item, near: Sequence[Item]) -> tuple[Item, ...]:
    """The smallest set that adds up, if there is only one of its size: what is ambiguous is left to a person."""
    nearest = sorted(near, key=lambda o: (-_agreement(one, o), abs((o.day - one.day).days), o.key))[:MOST_TRIED]
    for size in range(2, min(MOST_IN_SUM, len(nearest)) + 1):
        sets = [chosen for chosen in combinations(nearest, size) if sum(o.fen for o in chosen) == one.fen]
        if sets:
            return sets[0] if len(sets) == 1 else ()
    return ()


def _agreement(one: Item, other: Item) -> int:
    """2 where a party is named on both sides, 1 where one side's words hold the other's party."""
    if one.party and other.party and (one.party in other.party or other.party in one.party):
        return 2
    parties = ((one.party, other.text), (other.party, one.text))
    return int(any(len(party) > 1 and party in text for party, text in parties))


def _take_out(items: list[Item], taken: set[str]) -> None:
    items[:] = [item for item in items if item.key not in taken]
