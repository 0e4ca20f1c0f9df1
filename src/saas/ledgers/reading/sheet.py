"""A sheet with a table in it: where it begins, and which column was taken for which field."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass, replace
from typing import Literal

from saas.ledgers.reading import context
from saas.ledgers.reading.grid import Grid
from saas.ledgers.reading.headings import MANY, fields

Kind = Literal["lines", "balances"]
Mapping = Map[str, str | None]  # heading → field, or None to leave the column out; survives a change of column order
SIGNED = "signed_amount"  # chosen by a person: an amount whose sign says the side, whatever other columns say


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file: heading, the field it was taken for (None: not used), how sure (0…1), sample values."""

    index: int
    heading: str
    field: str | None
    confidence: float
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with a table in it."""

    grid: Grid
    kind: Kind
    header_row: int  # 1-based
    header_height: int  # 1 or 2; 0 where the table has no header
    columns: tuple[Column, ...]
    titles: tuple[str, ...]  # texts above the header
    by_hand: bool = False  # no header was recognised: a person must say what the columns hold

    @property
    def name(self) -> str:
        return self.grid.name

    @property
    def first_row(self) -> int:
        """The first row of data, 0-based in the grid."""
        return self.header_row - 1 + self.header_height

    @property
    def fields(self) -> dict[str, list[int]]:
        """field → its columns, in the file's order."""
        found: dict[str, list[int]] = {}
        for column in self.columns:
            if column.field:
                found.setdefault("amount" if column.field == SIGNED else column.field, []).append(column.index)
        if any(column.field == SIGNED for column in self.columns):
            found.pop("side", None)
        return found

    @property
    def year(self) -> int | None:
        """The year that the title, the headings or the sheet's name give."""
        return context.year([*self.titles, *(c.heading for c in self.columns), self.name])

    def sample(self, rows: int = 8) -> list[list[str | None]]:
        """The first rows of data, as the file writes them."""
        return [list(row) for row in self.grid.cells.slice(self.first_row, rows).rows()]

    def mapped(self, mapping: Mapping) -> Sheet:
        """The same sheet with a person's choice of columns in place of ours."""
        columns = tuple(
            replace(c, field=mapping[c.heading], confidence=1.0) if c.heading in mapping else c for c in self.columns
        )
        chosen = {c.field for c in columns if c.heading in mapping and c.field and c.field not in MANY}
        columns = tuple(
            replace(c, field=None) if c.field in chosen and c.heading not in mapping else c for c in columns
        )
        balances = chosen & (set(fields("balances")) - set(fields("lines")))
        return replace(self, columns=columns, kind="balances" if balances else self.kind)


def letter(index: int) -> str:
    """0 → A, 26 → AA: as spreadsheets call their columns."""
    letters = ""
    while index >= 0:
        index, rest = divmod(index, 26)
        letters, index = chr(65 + rest) + letters, index - 1
    return letters
