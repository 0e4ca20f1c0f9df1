"""Writes the vouchers of some books in a program's layout."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from saas.demo.books.books import Books
from saas.demo.books.layouts.balance_list import balance_rows
from saas.demo.books.layouts.cells import CELLS, Cell, Row, yuan
from saas.demo.books.layouts.files import Rows, write_file
from saas.demo.books.layouts.tables import LAYOUTS, Layout


@dataclass(frozen=True, slots=True)
class Written:
    """Where a file's lines stand: line n of the books (1-based, as labels count) is row first_row + n − 1."""

    path: Path
    first_row: int

    def row(self, position: int) -> int:
        return self.first_row + position - 1


def write(
    books: Books,
    layout: str,
    path: Path,
    periods: tuple[str, ...] = (),
    encoding: str = "utf-8-sig",
    with_balances: bool = False,
) -> Written:
    """Write the vouchers of these periods (all by default) as `layout` prints them; .csv or .xlsx by the suffix.

    `with_balances` adds the 科目余额表 of every period as a second sheet (.xlsx only). KeyError for an unknown layout.
    """
    chosen, wanted = LAYOUTS[layout], periods or books.months
    sheets: dict[str, Rows] = {"序时账": list(_rows(books, chosen, wanted))}
    if with_balances:
        sheets["科目余额表"] = list(balance_rows(books, wanted, "sides"))
    write_file(path, sheets, encoding)
    return Written(path, chosen.header_row + 1)


def _rows(books: Books, layout: Layout, periods: tuple[str, ...]) -> Iterator[list[Cell]]:
    width = len(layout.columns)
    slots = {"name": books.company.name, "first": periods[0], "last": periods[-1]}
    for title in layout.titles:
        yield [title.format(**slots), *[None] * (width - 1)]
    yield [column.heading for column in layout.columns]
    accounts = {account.code: account for account in books.chart}
    cells = [(CELLS[column.cell], column.first_line_only) for column in layout.columns]
    kept = [line for line in books.lines if line["period"] in periods]
    for serial, line in enumerate(kept, 1):
        row = Row(line, books.company.name, accounts.get(line["account"]), serial)
        yield [None if first_only and line["line"] > 1 else cell(row) for cell, first_only in cells]
    if layout.total_row:
        yield _total(layout, sum(line["debit"] for line in kept), sum(line["credit"] for line in kept))


def _total(layout: Layout, debit: int, credit: int) -> list[Cell]:
    sums: dict[str, Cell] = {"summary": "合计"}
    for column in layout.columns:
        if column.cell.startswith("debit"):
            sums[column.cell] = yuan(debit)
        elif column.cell.startswith("credit"):
            sums[column.cell] = yuan(credit)
    return [sums.get(column.cell) for column in layout.columns]
