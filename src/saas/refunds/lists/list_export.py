"""Refunds as a table for a spreadsheet: XLSX or CSV. A cell that looks like a formula is kept from being one."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any
from uuid import UUID

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from saas.clients.models import Client
from saas.identity.models import Membership
from saas.kernel.clock import CHINA
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.refunds.words import OUTCOMES

Cell = str | int | Decimal | date | None
FORMULA = ("=", "+", "-", "@", "\t", "\r")
HEADS = (
    (_("Refund no."), 15), (_("Client"), 30), (_("Refund reason"), 18), (_("State"), 16), (_("Amount asked for"), 13),
    (_("Amount offered"), 13), (_("Handled by"), 12), (_("Asked on"), 12), (_("Promised"), 12), (_("Paid on"), 12),
    (_("Working days"), 10), (_("Outcome"), 12), (_("Exceptions"), 30),
)  # fmt: skip


def table(
    rows: Sequence[Mapping[str, Any]], clients: Mapping[UUID, Client], members: Mapping[UUID, Membership]
) -> list[list[Cell]]:
    """The head and one line a request; `rows` are listing.row()s."""
    return [[str(head) for head, _width in HEADS], *(_line(row, clients, members) for row in rows)]


def _line(row: Mapping[str, Any], clients: Mapping[UUID, Client], members: Mapping[UUID, Membership]) -> list[Cell]:
    refund = row["refund"]
    client, preparer = clients.get(refund.client_id), members.get(refund.preparer_id)
    return [
        refund.number,
        client.name if client else "",
        row["reason"],
        str(row["state"].label),
        _yuan(refund.asked),
        _yuan(refund.amount),
        preparer.name if preparer else "",
        _day(refund.opened_at),
        _day(refund.due_at),
        _day(refund.paid_at),
        row["days"],
        str(OUTCOMES.get(refund.outcome, "")),
        "、".join(str(mark["label"]) for mark in row["marks"]),
    ]


def workbook(lines: Sequence[Sequence[Cell]]) -> tuple[bytes, str]:
    """Numbers are numbers and days are days, so that they can be reckoned with."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = str(_("Refunds"))
    for line in lines:
        sheet.append([_harmless(cell) for cell in line])
    for number, (_head, width) in enumerate(HEADS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
        sheet.cell(1, number).font = Font(bold=True)
    sheet.freeze_panes = "A2"
    out = BytesIO()
    book.save(out)
    return out.getvalue(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def comma_separated(lines: Sequence[Sequence[Cell]]) -> tuple[bytes, str]:
    """With the mark that spreadsheets need to see UTF-8."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerows([_harmless(cell) for cell in line] for line in lines)
    return ("\ufeff" + out.getvalue()).encode(), "text/csv; charset=utf-8"


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _yuan(amount: Money | None) -> Decimal | None:
    return amount.yuan if amount is not None else None


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(CHINA).date() if moment is not None else None


KINDS: dict[str, Callable[[Sequence[Sequence[Cell]]], tuple[bytes, str]]] = {
    "xlsx": workbook,
    "csv": comma_separated,
}
