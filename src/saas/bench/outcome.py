"""What every benchmark says: cases beside a peer that ran at the same time, and the machine they ran on."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

Figures = Mapping[str, float]  # the name ends with the unit: "p99_ms", "pages_per_second"


@dataclass(frozen=True, slots=True)
class Result:
    """One case. `ratio` is ours to the peer's in the figure that `wanted` speaks of; None where nothing is compared.

    `wanted` is what was promised, "" where nothing was; then `met` is None.
    """

    case: str
    ours: Figures
    peer: Figures
    ratio: float | None
    wanted: str = ""
    met: bool | None = None


def tell(name: str, results: Sequence[Result], *, json_: bool) -> None:
    """Print a measurement: one JSON object, or a table to read."""
    if json_:
        json.dump(as_json(name, results), sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
    else:
        show(name, results, Console())


def as_json(name: str, results: Sequence[Result]) -> dict[str, Any]:
    return {"name": name, "machine": machine(), "results": [asdict(result) for result in results]}


def show(name: str, results: Sequence[Result], console: Console) -> None:
    table = Table("case", "ours", "peer", "ratio", "wanted", "met", title=f"{name} · {_said(machine())}")
    for one in results:
        ratio = "" if one.ratio is None else f"{one.ratio:.2f}"
        met = {True: "yes", False: "NO", None: ""}[one.met]
        table.add_row(one.case, _listed(one.ours), _listed(one.peer), ratio, one.wanted, met)
    console.print(table)


def machine() -> dict[str, Any]:
    """What a reader needs to compare figures with another machine's, and how busy this one is."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processors": os.cpu_count(),
        "model": _model(),
        "memory_gib": round(memory / 1024**3, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 1),
    }


def _model() -> str:
    named = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return named[0].partition(":")[2].strip() if named else platform.machine()


def _listed(figures: Figures) -> str:
    return "\n".join(f"{name} {value:g}" for name, value in figures.items())


def _said(facts: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in facts.items())
