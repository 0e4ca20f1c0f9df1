"""Rates with how sure they are: pure functions over counts. Counts, not percentages, are what is kept.

A rate is `count` of `base`; per 1,000 where the base is vouchers, else in percent. Below n = 5 it is not shown: five
vouchers say nothing about a thousand (domain.md W5).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, inf, log, sqrt
from typing import Any

from saas.kernel.months import following_month

FEWEST = 5  # of the base; below it there is no rate
Z = 1.959963984540054  # two-sided 95 %


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` of `base`, over the days from `since` to `until`, both included."""

    count: int
    base: int
    since: date
    until: date

    @property
    def few(self) -> bool:
        return self.base < FEWEST

    @property
    def share(self) -> float:
        """0 where nothing is there to count."""
        return self.count / self.base if self.base else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.count, self.base)

    def store(self) -> dict[str, Any]:
        return {"count": self.count, "base": self.base, "since": str(self.since), "until": str(self.until)}

    @classmethod
    def restore(cls, stored: Mapping[str, Any]) -> Rate:
        since, until = date.fromisoformat(stored["since"]), date.fromisoformat(stored["until"])
        return cls(int(stored["count"]), int(stored["base"]), since, until)


@dataclass(frozen=True, slots=True)
class Counts:
    """What happened on which day, and what it is measured against."""

    hits: Mapping[date, int]
    base: Mapping[date, int]

    def between(self, since: date, until: date) -> Rate:
        """Both days included."""
        return Rate(_sum(self.hits, since, until), _sum(self.base, since, until), since, until)

    def by_month(self, since: date, until: date) -> list[Rate]:
        """One rate a calendar month, the first and the last cut at the ends."""
        found, begin = [], since
        while begin <= until:
            following = following_month(begin)
            end = min(following - timedelta(days=1), until)
            found.append(self.between(begin, end))
            begin = following
        return found


def _sum(days: Mapping[date, int], since: date, until: date) -> int:
    return sum(n for day, n in days.items() if since <= day <= until)


def wilson(count: int, base: int) -> tuple[float, float]:
    """Wilson's score interval of a share, 95 %. (0, 1) where nothing was counted.

    More events than vouchers are possible in tiny books: the share is taken as 1 then.
    """
    if base <= 0:
        return 0.0, 1.0
    share = min(count / base, 1.0)
    centre = share + Z * Z / (2 * base)
    reach = Z * sqrt(share * (1 - share) / base + Z * Z / (4 * base * base))
    below = 1 + Z * Z / base
    return max((centre - reach) / below, 0.0), min((centre + reach) / below, 1.0)


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times the one rate is the other, with its 95 % interval; None where the other is zero."""

    value: float | None
    low: float
    high: float


def ratio(after: Rate, before: Rate) -> Ratio:
    """The ratio of two Poisson rates with the conditional score interval.

    Given all events of both times together, the later ones are binomial: p = r·N₁/(r·N₁ + N₀). Wilson's interval of p
    turned back into r = p/(1 − p) · N₀/N₁ needs no event in either time.
    """
    if not after.base or not before.base or not after.count + before.count:
        return Ratio(None, 0.0, inf)
    low, high = wilson(after.count, after.count + before.count)
    scale = before.base / after.base

    def odds(p: float) -> float:
        return p / (1 - p) * scale if p < 1 else inf

    value = after.share / before.share if before.count else None
    return Ratio(value, odds(low), odds(high))


def against(own: Ratio, peers: Ratio) -> Ratio:
    """The one ratio divided by the other: what is left of the change once that of the peers is taken away.

    MOVER on the logarithms (Zou and Donner 2008): each interval gives its own share of the doubt.
    """
    if not own.value or not peers.value:
        return Ratio(None, 0.0, inf)
    middle = log(own.value) - log(peers.value)
    down = _hypot(log(own.value) - _log(own.low), _log(peers.high) - log(peers.value))
    up = _hypot(_log(own.high) - log(own.value), log(peers.value) - _log(peers.low))
    return Ratio(exp(middle), exp(middle - down) if down < inf else 0.0, exp(middle + up) if up < inf else inf)


def _log(value: float) -> float:
    return log(value) if 0 < value < inf else (inf if value > 0 else -inf)


def _hypot(one: float, other: float) -> float:
    return inf if inf in (one, other) else sqrt(one * one + other * other)
