"""Lists as workbooks: numbers are numbers, days are days, and what looks like a formula is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from saas.kernel.clock import CHINA
from saas.kernel.i18n import Text
from saas.kernel.money import Money

Cell = str | int | float | Decimal | date | None
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "＝",
    "＋",
    "－",
    "＠",
)  # the wide ones too: Excel takes them for the same


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: its title, its heads with their widths in characters, its lines."""

    title: Text
    heads: Sequence[tuple[Text, int]]
    lines: Iterable[Sequence[Cell]]


class Book:
    """A workbook that grows line by line; its sheets stand in the order in which they were begun."""

    def __init__(self) -> None:
        self._book = Workbook(write_only=True)

    def begin(self, sheet: Sheet) -> Callable[[Sequence[Cell]], None]:
        """A sheet with its head frozen and its lines, and how to add further ones."""
        made = self._book.create_sheet(str(sheet.title))
        made.freeze_panes = "A2"
        for number, (_head, width) in enumerate(sheet.heads, 1):
            made.column_dimensions[get_column_letter(number)].width = width
        made.append([_bold(made, str(head)) for head, _width in sheet.heads])

        def add(line: Sequence[Cell]) -> None:
            made.append([harmless(cell) for cell in line])

        for line in sheet.lines:
            add(line)
        return add

    def save(self, file: IO[bytes]) -> None:
        self._book.save(file)


def workbook(*sheets: Sheet) -> bytes:
    """The file, its sheets in this order."""
    book, out = Book(), BytesIO()
    for sheet in sheets:
        book.begin(sheet)
    book.save(out)
    return out.getvalue()


def _bold(sheet: Any, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, text)
    cell.font = Font(bold=True)
    return cell


def harmless(cell: Cell) -> Cell:
    """Text that a spreadsheet would reckon is kept from being a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def yuan(amount: Money | None) -> Decimal | None:
    return amount.yuan if amount is not None else None


def day(moment: datetime | None) -> date | None:
    """The day in China."""
    return moment.astimezone(CHINA).date() if moment is not None else None
