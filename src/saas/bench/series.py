"""Several measurements of one thing, as the benchmarks print them."""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Mapping, Sequence
from typing import Any


def series(values: Sequence[float], digits: int = 4) -> dict[str, float]:
    """min, median and max of at least one value."""
    figures = {"min": min(values), "median": statistics.median(values), "max": max(values)}
    return {name: round(value, digits) for name, value in figures.items()}


def ratio(values: Sequence[float], baseline: Sequence[float]) -> float:
    """How many times the baseline the median took."""
    return round(statistics.median(values) / statistics.median(baseline), 2)


def say(result: Mapping[str, Any]) -> None:
    """One JSON object on standard output."""
    json.dump(result, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def show(result: Mapping[str, Any]) -> None:
    """The results of a measurement as lines to read: what, how long (least, median), what was wanted."""
    for row in result["results"]:
        mark = "" if row["wanted"] is None else f"  {'<' if row['met'] else 'not <'} {row['wanted']}"
        figures = " ".join(f"{name} {value:8.1f}" for name, value in row["ours"].items())
        sys.stdout.write(f"{row['case']:48} {figures}{mark}\n")
