"""Rows of cells into a file: CSV in UTF-8 or GB18030, or a workbook, by the path's suffix."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook

from saas.demo.books.layouts.cells import Cell

Rows = Iterable[Sequence[Cell]]


def write_file(path: Path, sheets: dict[str, Rows], encoding: str, merges: Sequence[str] = ()) -> None:
    """`encoding` is for CSV (one sheet only); `merges` are ranges of the first sheet, such as "C2:D2"."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".csv":
        (rows,) = sheets.values()
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows([[_text(cell) for cell in row] for row in rows])
        return
    workbook = Workbook(write_only=not merges)
    if merges:
        workbook.remove(workbook.worksheets[0])
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    for merged in merges:
        workbook.worksheets[0].merge_cells(merged)
    workbook.save(path)


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:.2f}"
    return cell.isoformat() if isinstance(cell, date) else str(cell)
