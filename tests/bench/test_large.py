"""Branches of a made year: as many vouchers again, each of which balances under a number of its own."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from saas.bench.checking import LAYOUT, _books
from saas.bench.large import branches
from saas.demo.books.layouts import write
from saas.ledgers.reading import read_file


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(_books(300), LAYOUT, tmp_path_factory.mktemp("large") / "year.csv").path


def test_branches_are_books_of_their_own(year: Path, tmp_path: Path) -> None:
    [one] = read_file(year)
    height = branches(year, 3, tmp_path / "three.csv")
    [three] = read_file(tmp_path / "three.csv")
    assert three.lines.height == height == 3 * one.lines.height
    assert three.lines["voucher"].n_unique() == 3 * one.lines["voucher"].n_unique()
    sums = three.lines.group_by("voucher").agg(pl.col("debit", "credit").sum())
    assert sums.filter(pl.col("debit") != pl.col("credit")).is_empty()
    assert three.lines["debit"].sum() == one.lines["debit"].sum() * (1 + 3 + 7)


def test_too_many_branches_are_refused(year: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="branches"):
        branches(year, 13, tmp_path / "many.csv")
