"""Approved vouchers as a workbook with the columns our own import reads (好会计/易代账)."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from saas.adjustments.correction.vouchers import Voucher
from saas.adjustments.models import PlannedVoucher
from saas.kernel.money import Money

COLUMNS = ("日期", "凭证字号", "摘要", "科目编码", "科目名称", "借方金额", "贷方金额", "辅助核算", "附单据数")
RED = Font(color="00B3261E")


def workbook(vouchers: Sequence[PlannedVoucher], listed: Sequence[Voucher] = ()) -> bytes:
    """One row a line; red-letter amounts are negative and red. Texts that look like formulas are neutralised.

    `listed` are the wrong vouchers that summary pairs correct: the list attached to them, on a sheet of its own.
    """
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "凭证"
    sheet.append(COLUMNS)
    for voucher in vouchers:
        name = f"{voucher.word}-{voucher.number}" if voucher.number is not None else voucher.word
        for line in voucher.lines:
            amounts = [Money(line[side]).yuan if line[side] else None for side in ("debit_fen", "credit_fen")]
            texts = [_harmless(t) for t in (name, voucher.summary, line["account"], line.get("name", ""))]
            sheet.append(
                [voucher.date.isoformat(), *texts, *amounts, _harmless(line.get("aux", "")), voucher.attachments]
            )
            if any(amount is not None and amount < 0 for amount in amounts):
                for column in (6, 7):
                    sheet.cell(sheet.max_row, column).font = RED
    for letter, width in zip("ABCDEFGHI", (12, 10, 42, 12, 28, 14, 14, 16, 10), strict=True):
        sheet.column_dimensions[letter].width = width
    if listed:
        _list(book.create_sheet("更正清单"), listed)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _list(sheet: Worksheet, listed: Sequence[Voucher]) -> None:
    """Every wrong voucher with its lines as they were booked."""
    sheet.append(COLUMNS[:8])
    for voucher in listed:
        for line in voucher.lines:
            amounts = [money.yuan if money else None for money in (line.debit, line.credit)]
            texts = [_harmless(t) for t in (voucher.summary, line.account, line.name)]
            name = f"{voucher.word}-{voucher.number}"
            sheet.append([voucher.date.isoformat(), name, *texts, *amounts, _harmless(line.aux)])


def _harmless(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
