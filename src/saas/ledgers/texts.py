"""Questions to texts that a ledger repeats: each distinct text is asked once, and not every line that has it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import polars as pl

from saas.ledgers.frame import REPEATED


def says(column: str, pattern: str) -> pl.Expr:
    """Whether the column's text fits this regular expression; null where there is no text."""
    return of_each(column, lambda text: text.str.contains(pattern), pl.Boolean())


def of_each(column: str, read: Callable[[pl.Expr], pl.Expr], dtype: pl.DataType) -> pl.Expr:
    """What `read` makes of the column's texts."""
    ask = partial(answered, read=read, dtype=dtype)
    return pl.col(column).map_batches(ask, return_dtype=dtype, is_elementwise=True)


def answered(texts: pl.Series, read: Callable[[pl.Expr], pl.Expr], dtype: pl.DataType) -> pl.Series:
    """The same of a series."""
    known = texts.unique()
    answers = known.cast(pl.String).to_frame("text").select(read(pl.col("text"))).to_series()
    return texts.replace_strict(known, answers, default=None, return_dtype=dtype)


def spelled(lines: pl.DataFrame, by: str, name: str, *of: str) -> pl.DataFrame:
    """`by` and, as `name`, the distinct values in these columns of all its lines, in alphabetical order, as one text.

    Few combinations occur, in very many vouchers: each is known by the sum of its values' hashes and written once.
    """
    values = lines.select(of).unique().with_columns(pl.concat_str(of).alias(name))
    held = lines.select(by, *of).unique().join(values.with_columns(hash=pl.col(name).hash()), on=of)
    sums = held.group_by(by).agg(pl.col("hash").sum())
    first = sums.unique("hash", keep="any")
    texts = held.drop("hash").join(first, on=by).sort(name).group_by("hash").agg(pl.col(name).str.join("|"))
    return sums.join(texts.with_columns(pl.col(name).cast(REPEATED)), on="hash").drop("hash")
