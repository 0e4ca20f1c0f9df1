"""Tables that programs save as .xls though they are HTML or the XML spreadsheet of 2003."""

from __future__ import annotations

from html.parser import HTMLParser

from saas.kernel.i18n import _
from saas.ledgers.reading.delimited import decode
from saas.ledgers.reading.grid import MAX_COLUMNS, Grid, Unreadable, from_rows

ROW = {"tr", "row", "ss:row"}
CELL = {"td", "th", "cell", "ss:cell"}
TABLE = {"table", "worksheet", "ss:worksheet"}


def read(data: bytes) -> list[Grid]:
    """One grid for each table or worksheet that has rows."""
    parser = _Tables()
    parser.feed(decode(data)[0])
    grids = [from_rows(name, rows) for name, rows in parser.tables if rows]
    if not grids:
        raise Unreadable(_("The file is a web page or XML without a table."))
    return grids


class _Tables(HTMLParser):
    """Collects rows; a cell spanning columns or rows keeps its text in its first place only."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[tuple[str, list[list[str | None]]]] = []
        self.cell: list[str] | None = None
        self.taken: dict[int, int] = {}  # column → rows below that a cell above still covers
        self.width = 1
        self.rows_down = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in CELL | ROW:
            self._close()
        named = {name.removeprefix("ss:"): value or "" for name, value in attrs}
        if tag in TABLE and (tag != "table" or not self.tables or self.tables[-1][1]):
            self.tables.append((named.get("name", ""), []))
            self.taken = {}
        elif tag in ROW and self.tables:
            rows = self.tables[-1][1]
            rows.extend([] for __ in range(_whole(named.get("index"), 0, 1_048_576) - len(rows) - 1))
            rows.append([])
            self.taken = {column: left - 1 for column, left in self.taken.items() if left > 1}
        elif tag in CELL and self.tables and self.tables[-1][1]:
            self._open(named)

    def _open(self, named: dict[str, str]) -> None:
        row = self.tables[-1][1][-1]
        row.extend([None] * (_whole(named.get("index"), 0, MAX_COLUMNS) - 1 - len(row)))
        while len(row) in self.taken:
            row.append(None)
        merged = _whole(named.get("mergeacross"), 0, MAX_COLUMNS) + 1
        self.width = max(_whole(named.get("colspan"), 1, MAX_COLUMNS), merged)
        down = _whole(named.get("mergedown"), 0, 65536) + 1
        self.rows_down = max(_whole(named.get("rowspan"), 1, 65536), down)
        self.cell = []

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in CELL | ROW | TABLE:
            self._close()

    def _close(self) -> None:
        if self.cell is None:
            return
        row = self.tables[-1][1][-1]
        if self.rows_down > 1:
            self.taken |= dict.fromkeys(range(len(row), len(row) + self.width), self.rows_down)
        row.extend(["".join(self.cell), *[None] * (self.width - 1)])
        self.cell = None
        if len(row) > MAX_COLUMNS:
            raise Unreadable(_("A row has more than %(limit)s columns.", limit=MAX_COLUMNS))


def _whole(text: str | None, default: int, limit: int) -> int:
    return min(int(text), limit) if text and text.isdigit() else default
