"""Where marks of a chart stand: across in percent of its width, down in pixels, so that words keep their size."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from saas.improvement.measuring.rates import Rate
from saas.kernel.charts import ceiling

TOP, BOTTOM = 24, 164  # of the plot, in pixels; the names stand below
LEFT, RIGHT = 8.0, 98.0  # percent


@dataclass(frozen=True, slots=True)
class Point:
    """A month's rate: `low` and `high` are the ends of its interval."""

    label: str
    across: float
    down: float
    low: float
    high: float
    named: bool  # only some months are, or the names would touch


@dataclass(frozen=True, slots=True)
class Curve:
    """Points that may be joined, the line of the day on which something changed, and the scale at the left."""

    points: list[Point]
    lines: list[tuple[float, float, float, float]]  # x1 %, y1, x2 %, y2
    mark: float | None  # across
    ticks: list[tuple[float, str]]  # down, its value


def curve(rates: Sequence[Rate], per: int, day: date | None = None) -> Curve:
    """Months with enough to show; the rest are left out, and no line is drawn over a gap."""
    shown = [rate for rate in rates if not rate.few]
    if not shown:
        return Curve([], [], None, [])
    most = ceiling(max(max(rate.share for rate in shown) * 1.5, min(rate.interval[1] for rate in shown)) * per)
    first, span = rates[0].since, max((rates[-1].until - rates[0].since).days, 1)

    def across(when: date) -> float:
        return round(LEFT + (RIGHT - LEFT) * (when - first).days / span, 2)

    def down(share: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * min(share * per / most, 1.0), 1)

    every = 1 + len(rates) // 7
    points = [
        Point(
            f"{rate.since:%Y-%m}",
            across(rate.since + (rate.until - rate.since) / 2),
            down(rate.share),
            down(rate.interval[0]),
            down(rate.interval[1]),
            place % every == 0,
        )
        for place, rate in enumerate(rates)
        if not rate.few
    ]
    joined = [
        (one.across, one.down, two.across, two.down)
        for (one, two), (this, following) in zip(itertools.pairwise(points), itertools.pairwise(shown), strict=True)
        if (following.since - this.until).days <= 1
    ]
    inside = day is not None and first <= day <= rates[-1].until
    ticks = [(down(part * most / per), f"{part * most:g}") for part in (0.0, 0.5, 1.0)]
    return Curve(points, joined, across(day) if inside and day else None, ticks)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a Pareto chart and the end of the cumulative line above it."""

    across: float
    width: float
    down: float
    height: float
    cumulative: float  # down, of 100 %
    middle: float  # across
    named: float  # down: where its number stands


def pareto(counts: Sequence[int]) -> tuple[list[Bar], list[tuple[float, float, float, float]]]:
    """Bars in the order given (the largest first) and the lines that join their cumulative shares."""
    total, most = sum(counts), max(counts, default=0)
    if not total:
        return [], []
    step, run, bars = (RIGHT - LEFT) / len(counts), 0, []
    for place, count in enumerate(counts):
        run += count
        height = round((BOTTOM - TOP) * count / most, 1)
        begin = LEFT + place * step
        bars.append(
            Bar(
                round(begin + step * 0.15, 2),
                round(step * 0.7, 2),
                round(BOTTOM - height, 1),
                height,
                round(BOTTOM - (BOTTOM - TOP) * run / total, 1),
                round(begin + step / 2, 2),
                round(BOTTOM - height - 5, 1),
            )
        )
    lines = [(a.middle, a.cumulative, b.middle, b.cumulative) for a, b in itertools.pairwise(bars)]
    return bars, lines
