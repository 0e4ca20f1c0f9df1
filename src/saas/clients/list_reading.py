"""A list of clients as rows of text: XLSX and XLS in a limited process, CSV in UTF-8 or GB18030."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from saas.clients.list_columns import COLUMNS, columns_in
from saas.kernel.errors import Invalid
from saas.kernel.i18n import _
from saas.kernel.sandbox import MIB, ExhaustedError, Sandbox

LARGEST = 5 * MIB
MOST_ROWS = 2000
MOST_COLUMNS = 100
HEADINGS_WITHIN = 10  # rows from the top: some lists begin with a title
PACKED, COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PASSWORD = "EncryptedPackage".encode("utf-16-le")
EXAMPLE = ("示例", "example", "例：", "例:")  # how the template's own row begins


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of the file: its number as a spreadsheet shows it, and its cells by column key."""

    row: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class ClientList:
    """What was read: the rows, and the headings nothing is taken from."""

    rows: list[Listed]
    not_taken: list[str]


async def read(content: bytes) -> ClientList:
    """The rows of a file. Invalid, with a sentence, for anything that is not a list of clients."""
    return _listed(await table_of(content))


async def table_of(content: bytes) -> list[list[str]]:
    """The cells of a workbook's first visible sheet or of a CSV, as texts; Invalid for any other file."""
    if not content:
        raise Invalid(_("The file is empty."))
    if len(content) > LARGEST:
        raise Invalid(_("The file is larger than %(n)s MB: divide the list.", n=LARGEST // MIB))
    if PASSWORD in content:
        raise Invalid(_("The workbook is protected by a password: save it without one and try again."))
    is_workbook = content.startswith((PACKED, COMPOUND))
    return await _workbook(content) if is_workbook else _text(content)


def _listed(table: Sequence[Sequence[str]]) -> ClientList:
    """The table below its row of headings."""
    heads = [(len(columns_in(row)), -number) for number, row in enumerate(table[:HEADINGS_WITHIN])]
    at = -max(heads)[1] if heads else 0
    columns = columns_in(table[at]) if table else {}
    missing = [column.heading for column in COLUMNS if column.required and column.key not in columns]
    if missing:
        raise Invalid(_("The column “%(name)s” is missing: begin from the template.", name=missing[0]))
    rows = []
    for number, row in enumerate(table[at + 1 :], at + 2):
        cells = {key: row[position].strip() if position < len(row) else "" for key, position in columns.items()}
        if any(cells.values()) and not cells["name"].lower().startswith(EXAMPLE):
            rows.append(Listed(number, cells))
    if not rows:
        raise Invalid(_("There is no client below the headings."))
    if len(rows) > MOST_ROWS:
        raise Invalid(_("The list has more than %(n)s rows: divide it.", n=MOST_ROWS))
    taken = columns.values()
    return ClientList(rows, [cell for n, cell in enumerate(table[at]) if cell.strip() and n not in taken])


async def _workbook(content: bytes) -> list[list[str]]:
    try:
        table = await _readers().run(first_sheet, content)
    except ExhaustedError:
        table = None
    if table is None:
        raise Invalid(_("The workbook is damaged or cut off: open it in a spreadsheet program and save it again."))
    return table


@cache
def _readers() -> Sandbox:
    """Polars reserves address space for its threads, far more than it fills."""
    return Sandbox(memory=2048 * MIB, cpu_seconds=20)


def first_sheet(content: bytes) -> list[list[str]] | None:
    """Runs in the limited process: the first visible sheet; None when there is none to be read."""
    import fastexcel  # only the limited process needs the parser

    try:
        reader = fastexcel.read_excel(content)
        for number in range(len(reader.sheet_names)):
            sheet = reader.load_sheet(
                number, header_row=None, skip_rows=0, n_rows=MOST_ROWS + HEADINGS_WITHIN + 1, dtypes="string"
            )
            if sheet.visible == "visible":
                rows = sheet.to_polars().iter_rows()
                return [[str(cell or "") for cell in row[:MOST_COLUMNS]] for row in rows]
    except fastexcel.FastExcelError:
        return None
    return None


def _text(content: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            break
    else:
        raise Invalid(_("This is neither a workbook (XLSX, XLS) nor text in UTF-8 or GB18030."))
    head = text[:2000]
    delimiter = max(",;\t，", key=head.count)
    try:
        return [row[:MOST_COLUMNS] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
    except csv.Error:
        raise Invalid(_("This is neither a workbook (XLSX, XLS) nor text in UTF-8 or GB18030.")) from None
