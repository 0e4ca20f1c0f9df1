"""A batch as a bank's portal takes it: XLSX or CSV, one row a transfer, nothing in it that a spreadsheet would run."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from saas.kernel.money import ZERO, Money

COLUMNS = ("序号", "收款人户名", "收款账号", "收款人开户行", "联行号", "对公/对私", "金额（元）", "附言")
WIDTHS = (6, 36, 26, 36, 16, 10, 14, 30)
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
AMOUNT, ACCOUNT, BRANCH = 6, 2, 4  # columns, from 0


@dataclass(frozen=True, slots=True)
class Transfer:
    """One row. `account` is the number in full: whoever makes a file of it writes the reading down."""

    holder: str
    account: str
    bank: str
    bank_code: str
    corporate: bool
    amount: Money
    remark: str  # number and key, so that a doubled order shows

    def cells(self, number: int) -> list[str]:
        kind = "对公" if self.corporate else "对私"
        texts = [self.holder, self.account, self.bank, self.bank_code, kind]
        return [str(number), *map(harmless, texts), f"{self.amount.yuan:.2f}", harmless(self.remark)]


def as_xlsx(transfers: Sequence[Transfer]) -> bytes:
    """Account and branch code as text, or a spreadsheet would round them; the amount as a number."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "付款批次"
    sheet.append(COLUMNS)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, transfer in enumerate(transfers, 1):
        sheet.append(transfer.cells(number))
        row = sheet.max_row
        sheet.cell(row, AMOUNT + 1).value = transfer.amount.yuan
        sheet.cell(row, AMOUNT + 1).number_format = "0.00"
        for column in (ACCOUNT, BRANCH):
            sheet.cell(row, column + 1).number_format = "@"
    total = sum((t.amount for t in transfers), ZERO)
    sheet.append(["", "合计", "", "", "", "", total.yuan, f"{len(transfers)} 笔"])
    sheet.cell(sheet.max_row, AMOUNT + 1).number_format = "0.00"
    for letter, width in zip("ABCDEFGH", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    for cell in sheet["G"]:
        cell.alignment = Alignment(horizontal="right")
    sheet.freeze_panes = "A2"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def as_csv(transfers: Sequence[Transfer]) -> bytes:
    """UTF-8 with the mark that spreadsheets need to see it; no total, since portals read every row as a transfer."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(transfer.cells(number) for number, transfer in enumerate(transfers, 1))
    return out.getvalue().encode("utf-8-sig")


def harmless(text: str) -> str:
    """A text that a spreadsheet would take for a formula is shown as text."""
    return f"'{text}" if text.startswith(DANGEROUS) else text
