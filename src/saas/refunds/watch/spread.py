"""Fairness as figures: how far the share that was given back differs between refunds for one reason at one time.

Pure; shares are per mille of what was received. Quartiles as spreadsheets count them (linear between ranks).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from saas.kernel.money import Money

FEWEST = 5  # below, a spread says little and nothing is called an outlier
BANDS: tuple[tuple[int, int], ...] = ((0, 10), (10, 25), (25, 50), (50, 75), (75, 100))  # percent of the service time


@dataclass(frozen=True, slots=True)
class Decision:
    """One closed refund as it is compared with others."""

    id: UUID
    number: str
    reason: str
    client_id: UUID
    preparer_id: UUID | None
    starts_on: date
    ends_on: date
    notice_on: date
    received: Money
    amount: Money
    overridden: bool

    @property
    def share(self) -> int:
        """Per mille of what was received."""
        return self.amount.fen * 1000 // self.received.fen if self.received.fen > 0 else 0

    @property
    def band(self) -> int:
        return band_of(self.starts_on, self.ends_on, self.notice_on)


def band_of(starts_on: date, ends_on: date, notice_on: date) -> int:
    """Which part of the service time was over on the day of notice: an index of BANDS."""
    whole = max((ends_on - starts_on).days + 1, 1)
    percent = min(max((notice_on - starts_on).days, 0) * 100 // whole, 99)
    return next(i for i, (_least, most) in enumerate(BANDS) if percent < most)


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, quartiles and ends of some shares, and which lie far outside (Tukey: 1.5 times the middle half)."""

    count: int
    least: int
    lower: int
    median: int
    upper: int
    most: int

    @property
    def few(self) -> bool:
        return self.count < FEWEST

    def is_outlier(self, share: int) -> bool:
        reach = (self.upper - self.lower) * 3 // 2
        return not self.few and not self.lower - reach <= share <= self.upper + reach


def spread(shares: Sequence[int]) -> Spread:
    """Of at least one share."""
    ordered = sorted(shares)
    return Spread(
        len(ordered), ordered[0], _quartile(ordered, 1), _quartile(ordered, 2), _quartile(ordered, 3), ordered[-1]
    )


def _quartile(ordered: Sequence[int], quarter: int) -> int:
    rank, rest = divmod((len(ordered) - 1) * quarter, 4)
    if not rest:
        return ordered[rank]
    return ordered[rank] + (ordered[rank + 1] - ordered[rank]) * rest // 4


Key = tuple[str, int]  # reason and band


@dataclass(frozen=True, slots=True)
class Group:
    """All decisions for one reason in one band."""

    reason: str
    band: int
    spread: Spread
    decisions: tuple[Decision, ...]  # the smallest share first

    @property
    def outliers(self) -> int:
        return sum(self.spread.is_outlier(decision.share) for decision in self.decisions)


def groups(decisions: Sequence[Decision]) -> list[Group]:
    """By reason and band, in the order of the reasons' first appearance."""
    found: dict[Key, list[Decision]] = defaultdict(list)
    for decision in decisions:
        found[decision.reason, decision.band].append(decision)
    order = list(dict.fromkeys(decision.reason for decision in decisions))
    return [
        Group(reason, band, spread([d.share for d in members]), tuple(sorted(members, key=lambda d: d.share)))
        for (reason, band), members in sorted(found.items(), key=lambda item: (order.index(item[0][0]), item[0][1]))
    ]
