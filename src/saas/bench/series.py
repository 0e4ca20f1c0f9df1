"""Several measurements of one thing, as the benchmarks say them."""

from __future__ import annotations

import statistics
from collections.abc import Sequence


def named(values: Sequence[float], unit: str, digits: int = 3) -> dict[str, float]:
    """Least, median and most of at least one value, each with the unit in its name."""
    figures = {"min": min(values), "median": statistics.median(values), "max": max(values)}
    return {f"{name}_{unit}": round(value, digits) for name, value in figures.items()}


def ratio(values: Sequence[float], baseline: Sequence[float]) -> float:
    """How many times the baseline the median is."""
    return round(statistics.median(values) / statistics.median(baseline), 2)
