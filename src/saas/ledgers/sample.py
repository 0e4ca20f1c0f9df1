"""A file's first rows as they would be read under a choice of columns: shown while a person is choosing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from saas.kernel.i18n import Text, listed
from saas.ledgers.frame import Reject
from saas.ledgers.reading import Column, Mapping, Sheet, balances, lacking, lines
from saas.ledgers.reading.grid import from_rows
from saas.ledgers.reading.sheet import Kind

LINE = ["row", "date", "period", "word", "number_text", "summary", "account", "account_name", "debit", "credit"]
BALANCE = ["row", "period", "account", "account_name", "opening", "debit", "credit", "closing"]


@dataclass(frozen=True, slots=True)
class Sample:
    """What the choice makes of one sheet's first rows; with something `lacking` there are none."""

    name: str
    lacking: Sequence[Text]
    lines: list[dict[str, Any]] = field(default_factory=list)  # of LINE
    balances: list[dict[str, Any]] = field(default_factory=list)  # of BALANCE
    rejects: list[Reject] = field(default_factory=list)
    debit_fen: int = 0
    credit_fen: int = 0

    @property
    def wanting(self) -> str:
        """`lacking` in a row, in the reader's language."""
        return listed(self.lacking)


def samples(preview: dict[str, Any], mapping: Mapping, year: int) -> list[Sample]:
    """Of every sheet in an import's preview; `year` where the rows name none."""
    return [_sample(stored, mapping, year) for stored in preview.get("sheets", [])]


def _sample(stored: dict[str, Any], mapping: Mapping, year: int) -> Sample:
    headings = [column["heading"] for column in stored["columns"]]
    grid = from_rows(stored["name"], [headings, *stored["rows"]])
    columns = tuple(Column(at, c["heading"], c["field"], c["confidence"]) for at, c in enumerate(stored["columns"]))
    kind: Kind = "balances" if stored["kind"] == "balances" else "lines"
    sheet = Sheet(grid, kind, 1, 1, columns, ()).mapped(mapping)
    wanting = lacking(sheet)
    if wanting:
        return Sample(stored["name"], wanting)
    shift = stored["first_row"] - 2  # the sample's first row is row 2 of its own grid
    part: lines.Part | balances.Part
    part = lines.read(sheet, year=year) if sheet.kind == "lines" else balances.read(sheet, year=year)
    frame = part.lines if isinstance(part, lines.Part) else part.balances
    moved = frame.with_columns(pl.col("row") + shift)
    rejects = [Reject(reject.row + shift, reject.reason) for reject in part.rejects]
    debit, credit = (int(frame[name].sum() or 0) for name in ("debit", "credit"))
    if isinstance(part, lines.Part):
        return Sample(stored["name"], (), moved.select(LINE).to_dicts(), [], rejects, debit, credit)
    return Sample(stored["name"], (), [], moved.select(BALANCE).to_dicts(), rejects, debit, credit)
