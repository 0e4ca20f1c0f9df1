"""Tables whose headings we don't know: where one probably stands, for a person to say what its columns hold."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from saas.kernel.i18n import Text, _
from saas.ledgers.reading import amounts, dates
from saas.ledgers.reading.grid import Grid
from saas.ledgers.reading.header import SEARCH, assign
from saas.ledgers.reading.headings import fields_of
from saas.ledgers.reading.sheet import Sheet, letter

NARROWEST = 3  # account, amount, and a date or number: a table of fewer columns holds no vouchers
FILLED = 0.6  # of the fullest row's cells: a header is nearly as full as the rows beneath it


def offered(grid: Grid) -> Sheet | None:
    """The sheet's table with what little its headings say; None for texts and lists that cannot be a ledger.

    A first row that holds amounts or dates is data, not a header: the columns are then called by their letters.
    """
    top = [list(row) for row in grid.cells.head(SEARCH).rows()]
    counts = [sum(cell is not None for cell in row) for row in top]
    fullest = max(counts, default=0)
    if fullest < NARROWEST or grid.cells.height < 2:
        return None
    at = next(n for n, count in enumerate(counts) if count >= max(NARROWEST, FILLED * fullest))
    height = 0 if any(_is_value(cell) for cell in top[at] if cell) else 1
    headings = [(cell if height else None) or letter(index) for index, cell in enumerate(top[at])]
    columns = assign(grid, at + height, headings, [fields_of(h, "lines") if height else {} for h in headings], "lines")
    titles = tuple(cell for row in top[:at] for cell in row if cell)
    return Sheet(grid, "lines", at + 1, height, columns, titles, by_hand=True)


def _is_value(text: str) -> bool:
    """An amount or a date: what a row of data has and a header has not."""
    try:
        return amounts.fen(text) is not None
    except amounts.NotAnAmount:
        pass
    try:
        return dates.day(text) is not None
    except dates.NotADate:
        return False


def lacking(sheet: Sheet) -> list[Text]:
    """What must still be chosen before the sheet's rows can be read; empty when it is complete."""
    fields = sheet.fields
    missing = [] if {"account", "account_name"} & set(fields) else [_("the account")]
    if sheet.kind == "balances":
        stocks = any(name.startswith(("opening", "closing")) for name in fields)
        return missing if stocks else [*missing, _("the opening or closing balance")]
    if "amount" not in fields:
        sides = (("debit", _("the debit")), ("credit", _("the credit")))
        missing += [word for name, word in sides if name not in fields]
    if not {"date", "number", "journal", "month"} & set(fields):
        missing.append(_("the date or the voucher number"))
    return missing


def missing(sheets: Sequence[Sheet]) -> Text:
    """The same for a file: of its sheets the one that is nearest to complete."""
    wanting: list[list[Text]] = [lacking(sheet) for sheet in sheets]
    nearest = min(wanting, key=len)
    return reduce(lambda one, other: _("%(one)s, %(other)s", one=one, other=other), nearest)
