"""Each benchmark runs, prints its figures beside a baseline of the same run, and leaves nothing behind."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SAAS = Path(sys.executable).with_name("saas")


def bench(tmp_path: Path, *arguments: str) -> dict[str, Any]:
    """What the command prints; its temporary folder must be empty afterwards."""
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "TMPDIR": str(tmp_path), "LANG": "C.UTF-8"}
    done = subprocess.run(
        [str(SAAS), "bench", *arguments], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.glob("saas-*")) == []
    return dict(json.loads(done.stdout))


def assert_ordered(figures: dict[str, float]) -> None:
    assert list(figures) == ["min", "median", "max"]
    assert 0 < figures["min"] <= figures["median"] <= figures["max"]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_check(tmp_path: Path, suffix: str) -> None:
    result = bench(tmp_path, "check", "--lines", "500", "--turns", "2", "--suffix", suffix)
    assert result["lines"] >= 500
    for figures in (result["seconds"], result["peak_mib"], result["baseline"]["seconds"]):
        assert_ordered(figures)
    assert result["ratio"] > 1


def test_page(tmp_path: Path) -> None:
    result = bench(tmp_path, "page", "--cases", "3", "--turns", "2")
    assert result["cases"] == 3
    assert_ordered(result["milliseconds"])
    assert result["ratio"] > 0


def test_notice(tmp_path: Path) -> None:
    result = bench(tmp_path, "notice", "--turns", "2")
    assert result["bytes"] > 10_000
    assert_ordered(result["seconds"])
    assert result["ratio"] > 1


@pytest.mark.full
def test_insights(tmp_path: Path) -> None:
    """Every figure opens, and the other firms are there; how long it takes says nothing at this size."""
    found = bench(tmp_path, "insights", "--cases", "200", "--answers", "200", "--firms", "3", "--turns", "1", "--json")
    cases = [row["case"] for row in found["results"]]
    assert (found["name"], cases[0], "overview among 3 firms, beside alone" in cases) == ("insights", "overview", True)
    assert sum(case.startswith("drill-down ") for case in cases) > 50
    assert all(row["ours"]["processor"] >= 0 and row["peer"]["min"] > 0 for row in found["results"])
