"""`saas bench check`: a made ledger of many lines through the real command, in a process of its own."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from saas.bench.large import branches
from saas.bench.outcome import Result
from saas.bench.series import named, ratio
from saas.demo.books import Books, books
from saas.demo.books.layouts import write
from saas.demo.detector import some_company, some_months

LAYOUT = "kingdee-k3"
SECONDS, MEBIBYTES = 6, 1024  # what the product promises for 100,000 lines
SERIES = (10_000, 100_000, 1_000_000)
AT_MOST = {1_000_000: (10, 2048)}  # seconds and MiB promised for the largest
WORKBOOK_RATIO = 4  # times what polars needs only to read the same XLSX
YEAR = 100_000  # lines that are made; more are branches of them
PER_DENSITY = 1_000  # lines a year of a company of density 1: few enough that the first try has too few


def measure(lines: int, turns: int, suffix: str) -> Result:
    """The command's own seconds and the most memory the system saw, beside polars reading the same file in turn."""
    with tempfile.TemporaryDirectory(prefix="saas-bench-") as folder:
        path, made = ledger_file(lines, suffix, Path(folder))
        runs, plain = _runs(path, turns)
    total = [run["read"] + run["check"] for run in runs]
    times, peak = ratio(total, plain), max(run["peak_mib"] for run in runs)
    seconds, mebibytes = AT_MOST.get(lines, (SECONDS, MEBIBYTES))
    wanted, met = f"< {seconds} s, < {mebibytes:,} MiB", min(total) < seconds and peak < mebibytes
    if suffix == "xlsx":
        wanted, met = f"≤ {WORKBOOK_RATIO} ×", times <= WORKBOOK_RATIO
    ours = {
        **named(total, "seconds"),
        **{f"{part}_seconds": round(statistics.median(run[part] for run in runs), 3)
           for part in ("read", "check", "processor", "whole")},
        "seconds_per_1000_lines": round(1000 * min(total) / made, 5),
        "peak_mib": round(peak, 1),
    }  # fmt: skip
    return Result(f"{made:,} lines ({suffix}) beside polars reading them", ours, named(plain, "seconds"), times, wanted,
                  met)  # fmt: skip


def measure_series(turns: int, sizes: Sequence[int] = SERIES) -> list[Result]:
    """The same of ledgers of growing size, and what a thousand lines cost in the largest beside the smallest."""
    found = [measure(lines, turns, "csv") for lines in sizes]
    smallest, largest = (
        {"seconds_per_1000_lines": one.ours["seconds_per_1000_lines"]} for one in (found[0], found[-1])
    )
    growth = round(largest["seconds_per_1000_lines"] / smallest["seconds_per_1000_lines"], 2)
    return [*found, Result("a thousand lines of the largest beside the smallest", largest, smallest, growth)]


def ledger_file(lines: int, suffix: str, folder: Path) -> tuple[Path, int]:
    """A ledger file with at least about so many lines, and how many it has."""
    count = -(-lines // YEAR) if suffix == "csv" else 1
    made = _books(-(-lines // count))
    path = write(made, LAYOUT, folder / f"ledger.{suffix}").path
    if count == 1:
        return path, len(made.lines)
    several = folder / "branches.csv"
    return several, branches(path, count, several)


def _runs(path: Path, turns: int) -> tuple[list[dict[str, float]], list[float]]:
    """The command and the plain read in turn, so that both meet the same load of the machine."""
    runs, plain = [], []
    for _turn in range(turns):
        runs.append(_run(path))
        plain.append(plain_read(path))
    return runs, plain


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
    return {
        "read": said["read"],
        "check": said["check"],
        "whole": whole,
        "processor": used.ru_utime + used.ru_stime,
        "peak_mib": used.ru_maxrss / 1024,
    }


def plain_read(path: Path) -> float:
    """Seconds in which polars alone reads the file as text and counts its rows."""
    begun = time.perf_counter()
    if path.suffix == ".csv":
        frame = pl.read_csv(path, infer_schema=False, truncate_ragged_lines=True)
    else:
        frame = pl.read_excel(path, infer_schema_length=0)
    if not frame.height:
        raise RuntimeError("the made file holds no rows")
    return time.perf_counter() - begun
