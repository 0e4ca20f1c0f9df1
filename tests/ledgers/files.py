"""Write a table as the kinds of file that people have."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook

Rows = Sequence[Sequence[object]]
NUMBER = re.compile(r"-?\d+\.\d+")


def csv_file(path: Path, rows: Rows, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def xlsx_file(path: Path, rows: Rows, sheet: str = "序时账", cover: bool = False) -> Path:
    """Amounts become numbers, the rest stays as it is."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    if cover:
        page.title = "封面"
        page["B3"] = "甲公司"
        page["B4"] = "2026年度"
        page = book.create_sheet(sheet)
    for row in rows:
        page.append([_value(cell) for cell in row])
    book.save(path)
    return path


def text_file(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """A CSV file as it stands in the test, without the indentation."""
    lines = [line.strip() for line in text.strip().splitlines()]
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return path


def _value(cell: object) -> object:
    if cell == "":
        return None
    return float(cell) if isinstance(cell, str) and NUMBER.fullmatch(cell) else cell
