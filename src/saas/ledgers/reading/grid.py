"""A sheet as plain text cells, whatever file it came from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import polars as pl
import polars.selectors as cs

from saas.kernel.i18n import Text, _
from saas.ledgers.frame import REPEATED
from saas.ledgers.texts import answered

MAX_COLUMNS = 512
HEAD = 1000  # rows that show which columns repeat their texts
REPEATING = 0.5  # of those: a column with fewer different texts does
BLANKS = " \t\r\n\u00a0\u3000\ufeff\u200b"  # around a cell


class Unreadable(Exception):
    """The file cannot be read as a ledger; `reason` is the sentence for the person who gave it."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return str(self.reason)


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet: every cell a string or null; grid row n is row n+1 of the file.

    In a text file a row is a record: a quoted field with line breaks counts as one row, an empty line as one too, so
    the numbers are those a spreadsheet program shows.
    """

    name: str  # of the sheet; "" for a text file
    cells: pl.DataFrame  # columns "0", "1", … of texts: String, or REPEATED where few texts fill many cells
    red: frozenset[tuple[int, int]] = frozenset()  # (grid row, column) of cells in red type
    notes: list[Text] = field(default_factory=list)


def from_rows(name: str, rows: Sequence[Sequence[str | None]], notes: Iterable[Text] = ()) -> Grid:
    """A grid of ragged rows."""
    width = max(map(len, rows), default=0)
    if width > MAX_COLUMNS:
        raise Unreadable(
            _("A row has %(count)s columns; a ledger has at most %(limit)s.", count=width, limit=MAX_COLUMNS)
        )
    padded = [list(row) + [None] * (width - len(row)) for row in rows]
    columns = dict(zip(map(str, range(width)), zip(*padded, strict=True), strict=True)) if padded else {}
    return Grid(name, tidy(pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String()))), notes=list(notes))


def repeating(cells: pl.DataFrame) -> pl.DataFrame:
    """Columns whose first cells repeat their texts become REPEATED: what is asked of a cell is then asked of few."""
    head = cells.head(HEAD)
    repeated = [name for name in head.columns if head[name].n_unique() < REPEATING * head.height]
    return cells.cast(dict.fromkeys(repeated, REPEATED))


def tidy(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells without surrounding blanks (no-break and full-width ones too); empty cells are null."""
    untidy = [column for column in cells if column.dtype == REPEATED and not _is_tidy(column.unique())]
    return cells.with_columns(_tidied(cs.string()), *(answered(column, _tidied, REPEATED) for column in untidy))


def _is_tidy(texts: pl.Series) -> bool:
    plain = texts.cast(pl.String)
    return plain.equals(plain.to_frame().select(_tidied(pl.all())).to_series())


def _tidied(cell: pl.Expr) -> pl.Expr:
    trimmed = cell.str.strip_chars(BLANKS)
    return pl.when(trimmed != "").then(trimmed).name.keep()
