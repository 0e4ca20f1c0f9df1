"""Each benchmark runs, says its cases beside a peer of the same run in one shape, and leaves nothing behind."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from saas.bench import command, memory
from saas.bench.outcome import Result, as_json, show
from saas.bench.pages.statements import for_django

SAAS = Path(sys.executable).with_name("saas")
SHAPE = ["case", "ours", "peer", "ratio", "wanted", "met"]


def bench(tmp_path: Path, *arguments: str) -> list[dict[str, Any]]:
    """The results a command prints; its temporary folder must be empty afterwards."""
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "TMPDIR": str(tmp_path), "LANG": "C.UTF-8"}
    words = [str(SAAS), "bench", *arguments, "--json"]
    done = subprocess.run(words, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.glob("saas-*")) == []
    said = json.loads(done.stdout)
    assert list(said) == ["name", "machine", "results"]
    assert said["name"] == arguments[0]
    assert said["machine"]["processors"] == os.cpu_count()
    for row in said["results"]:
        assert list(row) == SHAPE
        assert (row["met"] is None) == (row["wanted"] == "")
        assert row["ours"]
    return list(said["results"])


def test_the_shape_of_every_benchmark() -> None:
    said = as_json("pages", [Result("a page", {"p99_ms": 2.0}, {"p99_ms": 1.0}, 2.0, "p99 ≤ 2 ×", True)])
    assert list(said) == ["name", "machine", "results"]
    assert {"processors", "model", "memory_gib", "python", "load"} <= set(said["machine"])
    assert [list(row) for row in said["results"]] == [SHAPE]


def test_a_reader_sees_what_was_missed() -> None:
    text = io.StringIO()
    show(
        "pages", [Result("a page", {"p99_ms": 3.5}, {"p99_ms": 1}, 3.5, "≤ 2 ×", False)], Console(file=text, width=200)
    )
    assert all(word in text.getvalue() for word in ("a page", "p99_ms 3.5", "3.50", "≤ 2 ×", "NO"))


LISTS = ["refunds", "periods", "insights", "report"]


@pytest.mark.parametrize("name", ["pages", "check", "detect", "import", "documents", "notices", "growth", *LISTS])
def test_every_benchmark_can_print_json(name: str) -> None:
    app = typer.Typer()
    command.register(app)
    done = CliRunner().invoke(app, ["bench", name, "--help"], env={"COLUMNS": "200", "TERM": "dumb"})
    assert done.exit_code == 0
    assert "--json" in done.output


def test_a_check_beside_a_plain_read(tmp_path: Path) -> None:
    [row] = bench(tmp_path, "check", "--lines", "500", "--turns", "1")
    assert row["ratio"] > 1
    assert 0 < row["ours"]["min_seconds"] <= row["ours"]["max_seconds"]
    assert row["ours"]["peak_mib"] > 50


def test_growth_is_measured_after_caches_are_full() -> None:
    steady = [(float(second), 100.0) for second in range(0, 300, 10)]
    assert memory.slope([(0.0, 10.0), (10.0, 60.0), *steady[2:]]) == pytest.approx(0)
    assert memory.slope([(second, 100 + second / 60) for second, _mib in steady]) == pytest.approx(60)
    assert memory.mebibytes([os.getpid()]) > 10


def test_a_statement_in_the_words_of_django() -> None:
    assert for_django("WHERE a = CAST(:firm AS uuid) AND b::text = :b") == (
        "WHERE a = CAST(%(firm)s AS uuid) AND b::text = %(b)s"
    )


@pytest.mark.full
def test_the_peers_show_the_same_page(tmp_path: Path) -> None:
    """The command refuses to measure pages that differ by a byte; how long they take says nothing at this size."""
    rows = bench(tmp_path, "pages", "--rounds", "1", "--pages", "4", "--cases", "5")
    assert [row["ratio"] > 0 for row in rows[:3]] == [True] * 3


@pytest.mark.full
def test_insights(tmp_path: Path) -> None:
    """Every figure opens, and the other firms are there; how long it takes says nothing at this size."""
    rows = bench(tmp_path, "insights", "--cases", "200", "--answers", "200", "--firms", "3", "--turns", "1")
    cases = [row["case"] for row in rows]
    assert (cases[0], "overview among 3 firms, beside alone" in cases) == ("overview", True)
    assert sum(case.startswith("drill-down ") for case in cases) > 50
    assert all(row["ours"]["processor_ms"] >= 0 and row["peer"]["min_ms"] > 0 for row in rows)


@pytest.mark.full
@pytest.mark.parametrize(
    "words",
    [
        ("documents", "--letters", "2", "--rounds", "1"),
        ("import", "--lines", "500", "--turns", "1"),
        ("notices", "--letters", "3"),
        ("growth", "--firms", "1", "--firms", "2", "--rounds", "1"),
        ("growth", "--minutes", "0.5"),
    ],
)
def test_the_long_ones_in_small(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert bench(tmp_path, *words)
