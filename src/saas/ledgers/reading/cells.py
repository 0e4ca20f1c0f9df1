"""Apply a reader of one cell to a column: each distinct text is read once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import polars as pl

from saas.kernel.i18n import Text
from saas.ledgers.reading.amounts import NotAnAmount
from saas.ledgers.reading.dates import NotADate

T = TypeVar("T")


def translate(column: pl.Series, read: Callable[[str], T | None], dtype: pl.DataType) -> pl.Series:
    """The column read cell by cell; null where the cell is null or `read` says None."""
    texts = column.drop_nulls().unique()
    return _replaced(column, texts, [read(text) for text in texts.to_list()], dtype)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A column's values, and the texts that have none with the reason."""

    values: pl.Series
    problems: dict[str, Text]


def parse(
    column: pl.Series, read: Callable[[str], T | None], dtype: pl.DataType, *, simple: pl.Expr | None = None
) -> Parsed:
    """Like `translate`, for readers that refuse a cell with a reason (NotAnAmount, NotADate).

    `simple` reads the cells that need no thought, many at a time, and gives null for the others.
    """
    texts = column.drop_nulls().unique()
    if simple is not None:
        known = texts.cast(pl.String).to_frame().select(simple).to_series()
        rest = texts.filter(known.is_null())
        careful = parse(rest, read, dtype)
        values = known.is_null().arg_true()
        return Parsed(_mapped(column, texts, known.scatter(values, careful.values)), careful.problems)
    problems: dict[str, Text] = {}
    found: list[T | None] = []
    for text in texts.to_list():
        try:
            found.append(read(text))
        except (NotAnAmount, NotADate) as refusal:
            problems[text] = refusal.reason
            found.append(None)
    return Parsed(_replaced(column, texts, found, dtype), problems)


def _replaced(column: pl.Series, texts: pl.Series, values: list[T | None], dtype: pl.DataType) -> pl.Series:
    if texts.is_empty():
        return pl.Series(column.name, [None] * len(column), dtype=dtype)
    return _mapped(column, texts, pl.Series(values, dtype=dtype))


def _mapped(column: pl.Series, texts: pl.Series, values: pl.Series) -> pl.Series:
    if texts.is_empty():
        return pl.Series(column.name, [None] * len(column), dtype=values.dtype)
    return column.replace_strict(texts, values, default=None, return_dtype=values.dtype)
