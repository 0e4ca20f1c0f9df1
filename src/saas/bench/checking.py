"""`saas bench check`: a made ledger of many lines through the real command, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from saas.bench.series import ratio, series
from saas.demo.books import Books, books
from saas.demo.books.layouts import write
from saas.demo.detector import some_company, some_months

LAYOUT = "kingdee-k3"
SECONDS, MEBIBYTES = 6, 1024  # what the product promises for 100,000 lines
PER_DENSITY = 1_000  # lines a year of a company of density 1: few enough that the first try has too few


def measure(lines: int, turns: int, suffix: str) -> dict[str, Any]:
    """seconds.read + seconds.check as the command says them, peak memory as the system does, and a plain read."""
    with tempfile.TemporaryDirectory(prefix="saas-bench-") as folder:
        made = _books(lines)
        path = write(made, LAYOUT, Path(folder) / f"ledger.{suffix}").path
        runs = [_run(path) for _turn in range(turns)]
        plain = [_plain_read(path) for _turn in range(turns)]
    total = [run["read"] + run["check"] for run in runs]
    return {
        "bench": "check",
        "lines": len(made.lines),
        "file": suffix,
        "turns": turns,
        "seconds": series(total),
        "read": series([run["read"] for run in runs]),
        "check": series([run["check"] for run in runs]),
        "whole_command": series([run["whole"] for run in runs]),
        "peak_mib": series([run["peak_mib"] for run in runs], 1),
        "baseline": {"what": "polars reads the same file", "seconds": series(plain)},
        "ratio": ratio(total, plain),
        "limits": {"seconds": SECONDS, "peak_mib": MEBIBYTES},
        "within": min(total) < SECONDS and max(run["peak_mib"] for run in runs) < MEBIBYTES,
    }


def _books(lines: int) -> Books:
    """One trading company's year with at least so many lines."""
    density = lines / PER_DENSITY
    while True:
        company = replace(some_company(1, 1), density=density, revenue_yuan=max(3_000_000, lines * 2_000))
        made = books(company, some_months(0), 1)
        if len(made.lines) >= lines:
            return made
        density *= 1.1 * lines / len(made.lines)


def _run(path: Path) -> dict[str, float]:
    """One run of the command: its own seconds, and the most memory it (or the process that parses) held."""
    begun = time.perf_counter()
    command = [sys.executable, "-c", "from saas.cli import main; main()", "check", str(path), "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None  # it was asked for
    answer = process.stdout.read()
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"saas check ended with {process.returncode}")
    said = json.loads(answer)[0]["seconds"]
    whole = time.perf_counter() - begun
    return {"read": said["read"], "check": said["check"], "whole": whole, "peak_mib": used.ru_maxrss / 1024}


def _plain_read(path: Path) -> float:
    """Seconds in which polars alone reads the file as text and counts its rows."""
    begun = time.perf_counter()
    if path.suffix == ".csv":
        frame = pl.read_csv(path, infer_schema=False, truncate_ragged_lines=True)
    else:
        frame = pl.read_excel(path, infer_schema_length=0)
    if not frame.height:
        raise RuntimeError("the made file holds no rows")
    return time.perf_counter() - begun
