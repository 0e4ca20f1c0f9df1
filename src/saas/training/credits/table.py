"""The credits of a year as a workbook. A cell that looks like a formula is kept from being one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from saas.identity.models import Membership
from saas.kernel.i18n import _
from saas.training.credits.ledger import Balance
from saas.training.duty_models import CreditEntry
from saas.training.frame import SUBJECTS
from saas.training.wording import said

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | int | date
FORMULA = ("=", "+", "-", "@", "\t", "\r")
SUMMARY = ((_("Person"), 16), (_("Required"), 10), (_("Earned"), 10), (_("Professional subject"), 12),
           (_("General subject"), 12), (_("To be confirmed"), 12), (_("Missing"), 10))  # fmt: skip
ENTRIES = ((_("Person"), 16), (_("Day"), 12), (_("What was learned"), 40), (_("Kind of subject"), 14),
           (_("Credits"), 8), (_("Counts"), 8))  # fmt: skip


def workbook(
    year: int,
    members: Sequence[Membership],
    balances: Mapping[UUID, Balance],
    entries: Mapping[UUID, Sequence[CreditEntry]],
) -> bytes:
    """Numbers are numbers and days are days, so that they can be reckoned with."""
    book = Workbook()
    book.remove(book.worksheets[0])
    _sheet(book, f"{_('Credits')} {year}", SUMMARY, [_balance(m, balances[m.id]) for m in members])
    _sheet(book, str(_("Entries")), ENTRIES, [_entry(m, entry) for m in members for entry in entries[m.id]])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _balance(member: Membership, had: Balance) -> list[Cell]:
    return [member.name, had.rule.total, had.earned, had.professional, had.general, had.waiting, had.missing]


def _entry(member: Membership, entry: CreditEntry) -> list[Cell]:
    counts = str(_("yes") if entry.counts else _("no"))
    return [member.name, entry.earned_on, said(entry.title), str(SUBJECTS[entry.subject]), entry.credits, counts]


def _sheet(book: Workbook, title: str, heads: Sequence[tuple[Any, int]], lines: Sequence[Sequence[Cell]]) -> None:
    sheet = book.create_sheet(title)
    sheet.append([str(head) for head, _width in heads])
    for line in lines:
        sheet.append([f"'{c}" if isinstance(c, str) and c.startswith(FORMULA) else c for c in line])
    for number, (_head, width) in enumerate(heads, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
        sheet.cell(1, number).font = Font(bold=True)
    sheet.freeze_panes = "A2"
