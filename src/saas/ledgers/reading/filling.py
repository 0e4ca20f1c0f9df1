"""Many exports give date, number and summary on a voucher's first line only: fill them down, and nothing else."""

from __future__ import annotations

import polars as pl

SPARSE = 0.3  # share of blank cells from which a column is meant to be filled down
KEYS = ("journal", "number")
STARTS = ("date", "word", "year", "month", "day", "period")
VOUCHER_WIDE = (
    "summary", "header_summary", "preparer", "reviewer", "poster", "posted", "void", "status", "attachments", "source",
    "entered_date", "entered_time", "document_date", "currency",
)  # fmt: skip


def fill(lines: pl.DataFrame) -> pl.DataFrame:
    """Rows in file order with blank cells taken from the line above where the export means so.

    A column that is blank now and then, in a file that otherwise repeats it on every line, keeps its gaps: there a
    blank is a missing value. A voucher's later lines take what only its first line has.
    """
    if "ledger" in lines.columns:
        lines = lines.with_columns(pl.col("ledger").fill_null(strategy="forward").fill_null(strategy="backward"))
    present = [column for column in KEYS if column in lines.columns]
    before = lines
    for column in present:
        if sparse(lines, column):
            lines = lines.with_columns(pl.col(column).fill_null(strategy="forward"))
    gaps = [c for c in (*STARTS, *VOUCHER_WIDE) if c in lines.columns and 0 < lines[c].null_count() < lines.height]
    if not present or not gaps:
        return lines
    changing = [*present, *(["ledger"] if "ledger" in lines.columns else [])]
    run = pl.any_horizontal(pl.col(c).ne_missing(pl.col(c).shift()) for c in changing)
    key = before[present[0]]
    started = key.is_not_null() & key.shift().is_null() & sparse(before, present[0])
    at = pl.int_range(pl.len())
    begins = run.fill_null(True) | started | (at == 0)
    ends = begins.shift(-1, fill_value=True)
    lines = lines.with_columns(
        first_=pl.when(begins).then(at).forward_fill(), last_=pl.when(ends).then(at).backward_fill()
    )
    for column in STARTS:
        if column in gaps:
            lines = lines.with_columns(_first_in_run(column))
            if sparse(before, column) or column in {"year", "month"}:
                lines = lines.with_columns(pl.col(column).fill_null(strategy="forward"))
    wide = [column for column in VOUCHER_WIDE if column in gaps and sparse(before, column)]
    return lines.with_columns(_first_in_run(column) for column in wide).drop("first_", "last_")


def sparse(lines: pl.DataFrame, column: str) -> bool:
    """Whether so many cells are blank that blank must mean "as above"."""
    blank = lines[column].null_count()
    return lines.height > 0 and SPARSE * lines.height <= blank < lines.height


def _first_in_run(column: str) -> pl.Expr:
    """Blank cells take the voucher's value: the one above inside the voucher, else the first one below."""
    cell, at = pl.col(column), pl.when(pl.col(column).is_not_null()).then(pl.int_range(pl.len()))
    above = pl.when(at.forward_fill() >= pl.col("first_")).then(cell.forward_fill())
    below = pl.when(at.backward_fill() <= pl.col("last_")).then(cell.backward_fill())
    return pl.coalesce(cell, above, below).alias(column)
