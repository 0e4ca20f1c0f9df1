"""Find the table of a bank statement or an invoice list: the header row, and which column is which field."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import polars as pl

from saas.kernel.i18n import Text
from saas.ledgers.frame import Reject, joined
from saas.ledgers.reading.grid import Grid
from saas.ledgers.reading.headings import normal
from saas.ledgers.reading.marks import FORM, TOTALS

Kind = Literal["bank", "invoices"]
SEARCH = 40  # rows in which the header is looked for: banks print the account's data above it
LEAST = 3  # columns that must be known before a row is a header
NEEDED: dict[Kind, tuple[frozenset[str], ...]] = {
    "bank": (frozenset({"date"}), frozenset({"in", "out", "amount"})),
    "invoices": (frozenset({"number"}), frozenset({"amount", "total"})),
}


@dataclass(frozen=True, slots=True)
class Table:
    """A recognised table: one String column for each known field, "row" being the row of the file."""

    rows: pl.DataFrame
    headings: dict[str, str]  # field → heading
    above: tuple[str, ...]  # texts above the header: account number, name, period


@cache
def vocabulary(kind: Kind) -> tuple[dict[str, str], tuple[tuple[re.Pattern[str], str], ...]]:
    """(heading → field, patterns → field) of columns.toml; the first heading that fits wins."""
    with Path(__file__).with_name("columns.toml").open("rb") as file:
        table = tomllib.load(file)[kind]
    exact = {normal(word): field for field, words in table["words"].items() for word in words.split()}
    return exact, tuple((re.compile(pattern), field) for field, pattern in table["patterns"].items())


def find(grid: Grid, kind: Kind) -> Table | None:
    """The table with the most known columns among the first rows; None where no row looks like its header."""
    best: tuple[int, int, dict[str, int]] | None = None
    for at, cells in enumerate(grid.cells.head(SEARCH).rows()):
        fields = _fields(cells, kind)
        enough = len(fields) >= LEAST and all(any_of & fields.keys() for any_of in NEEDED[kind])
        if enough and (best is None or len(fields) > best[0]):
            best = (len(fields), at, fields)
    if best is None:
        return None
    _count, at, fields = best
    header = grid.cells.row(at)
    rows = grid.cells.cast(pl.String).with_row_index("row", offset=1).slice(at + 1)
    return Table(
        rows.select(pl.col("row").cast(pl.Int64), *(pl.col(str(index)).alias(name) for name, index in fields.items())),
        {name: str(header[index]) for name, index in fields.items()},
        tuple(str(cell) for row in grid.cells.head(at).rows() for cell in row if cell),
    )


def without_totals(rows: pl.DataFrame) -> pl.DataFrame:
    """Totals, empty rows and what is printed around a table are no lines."""
    texts = [pl.col(name).fill_null("") for name in rows.columns if name != "row"]
    total = pl.any_horizontal(text.str.contains(TOTALS) | text.str.contains(FORM) for text in texts)
    return rows.filter(~total, ~pl.all_horizontal(text == "" for text in texts))


def refused(rows: pl.DataFrame, problems: Mapping[str, Mapping[str, Text]]) -> list[Reject]:
    """Rows with a cell that cannot be read, each with its reasons. `problems` are those texts by column."""
    reasons: dict[int, list[Text]] = {}
    for name, texts in problems.items():
        for row, text in rows.select("row", name).filter(pl.col(name).is_in(list(texts))).iter_rows():
            reasons.setdefault(row, []).append(texts[text])
    return [Reject(row, joined(found)) for row, found in sorted(reasons.items())]


def _fields(cells: tuple[str | None, ...], kind: Kind) -> dict[str, int]:
    """field → column; an exact heading takes a field from a likely one, the first column of equals keeps it."""
    exact, likely = vocabulary(kind)
    found: dict[str, tuple[int, int]] = {}
    for index, cell in enumerate(cells):
        plain = normal(cell or "")
        if not plain or len(plain) > 24:
            continue
        field, rank = exact.get(plain), 0
        if field is None:
            field, rank = next((name for pattern, name in likely if pattern.search(plain)), None), 1
        if field is not None and (field not in found or rank < found[field][0]):
            found[field] = (rank, index)
    return {field: index for field, (_rank, index) in found.items()}
