"""Refunds as a table for a spreadsheet: XLSX or CSV. A cell that looks like a formula is kept from being one."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from io import StringIO
from typing import Any
from uuid import UUID

from saas.clients.models import Client
from saas.identity.models import Membership
from saas.kernel import spreadsheets
from saas.kernel.i18n import _, listed
from saas.kernel.spreadsheets import XLSX, Cell, Sheet, day, harmless, yuan
from saas.refunds.words import OUTCOMES

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
        yuan(refund.asked),
        yuan(refund.amount),
        preparer.name if preparer else "",
        day(refund.opened_at),
        day(refund.due_at),
        day(refund.paid_at),
        row["days"],
        str(OUTCOMES.get(refund.outcome, "")),
        listed(mark["label"] for mark in row["marks"]),
    ]


def workbook(lines: Sequence[Sequence[Cell]]) -> tuple[bytes, str]:
    return spreadsheets.workbook(Sheet(_("Refunds"), HEADS, lines[1:])), XLSX


def comma_separated(lines: Sequence[Sequence[Cell]]) -> tuple[bytes, str]:
    """With the mark that spreadsheets need to see UTF-8."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerows([harmless(cell) for cell in line] for line in lines)
    return ("\ufeff" + out.getvalue()).encode(), "text/csv; charset=utf-8"


KINDS: dict[str, Callable[[Sequence[Sequence[Cell]]], tuple[bytes, str]]] = {
    "xlsx": workbook,
    "csv": comma_separated,
}
