"""Memory of running processes, as the kernel accounts it, and how fast it grows."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path


def mebibytes(processes: Iterable[int]) -> float:
    """Their share of the machine's memory (PSS: what several share counts in parts); 0 for those that ended."""
    return sum(map(_share, processes)) / 1024


def family(process: int) -> list[int]:
    """A process and all that it started, and they in turn."""
    parents: dict[int, list[int]] = defaultdict(list)
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(entry.read_text().rpartition(")")[2].split()[1])].append(int(entry.parent.name))
        except OSError:
            continue
    found = [process]
    for one in found:
        found += parents[one]
    return found


def _share(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def slope(samples: Sequence[tuple[float, float]]) -> float:
    """Units an hour by the least squares over (seconds, value); the first third, in which caches fill, is left out."""
    kept = samples[len(samples) // 3 :]
    if len(kept) < 3:
        return 0.0
    return statistics.linear_regression(*zip(*kept, strict=True)).slope * 3600
