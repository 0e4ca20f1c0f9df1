"""Our fields in the words of the mapping page, the layouts by name, and refused rows as a file."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO
from typing import Any

from saas.kernel.i18n import Text, _
from saas.ledgers.frame import Reject
from saas.ledgers.reading.headings import fields
from saas.ledgers.reading.sheet import SIGNED

LABELS: dict[str, Text] = {
    "ledger": _("Set of books"),
    "debit": _("Debit"),
    "credit": _("Credit"),
    "amount": _("Amount, side in another column"),
    "signed_amount": _("Signed amount: debit +, credit −"),
    "side": _("Side (debit or credit)"),
    "account": _("Account code"),
    "account_name": _("Account name"),
    "counter_account": _("Counter-account"),
    "journal": _("Journal id"),
    "number": _("Voucher number"),
    "word": _("Voucher word"),
    "date": _("Date"),
    "summary": _("Summary"),
    "header_summary": _("Summary of the voucher"),
    "year": _("Year"),
    "period": _("Period"),
    "month": _("Month"),
    "day": _("Day"),
    "line": _("Line number"),
    "currency": _("Currency"),
    "quantity": _("Quantity"),
    "preparer": _("Preparer"),
    "reviewer": _("Reviewer"),
    "poster": _("Poster"),
    "posted": _("Posted"),
    "void": _("Void"),
    "status": _("Status"),
    "attachments": _("Attachments"),
    "source": _("Source"),
    "entered_date": _("Entered on"),
    "entered_time": _("Entered at"),
    "document_date": _("Document date"),
    "reference": _("Invoice or bill number"),
    "aux": _("Auxiliary item"),
    "year_opening_debit": _("Year’s opening, debit"),
    "year_opening_credit": _("Year’s opening, credit"),
    "opening_debit": _("Opening, debit"),
    "opening_credit": _("Opening, credit"),
    "closing_debit": _("Closing, debit"),
    "closing_credit": _("Closing, credit"),
    "year_debit": _("Year to date, debit"),
    "year_credit": _("Year to date, credit"),
    "year_opening_side": _("Side of the year’s opening"),
    "opening_side": _("Side of the opening"),
    "closing_side": _("Side of the closing"),
    "year_opening": _("Year’s opening balance"),
    "opening": _("Opening balance"),
    "closing": _("Closing balance"),
}
LAYOUTS: dict[str, Text] = {
    "kingdee-k3": _("Kingdee K3"),
    "kingdee-kis": _("Kingdee KIS"),
    "yonyou-nc": _("Yonyou NC"),
    "yonyou-u8": _("Yonyou U8 or T+"),
    "haokuaiji": _("Haokuaiji or Yidaizhang"),
    "ningmengyun": _("Ningmengyun"),
    "one-line": _("One-line vouchers"),
    "english-gl": _("English general ledger"),
    "trial-balance": _("Trial balance"),
}
SURE = 0.8


def options(preview: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """For each sheet of a preview its mapping head: every column with its choices, the taken one, how sure."""
    return [[_column(column, sheet["kind"]) for column in sheet["columns"]] for sheet in preview.get("sheets", [])]


def _column(column: dict[str, Any], kind: str) -> dict[str, Any]:
    percent = round(100 * column["confidence"])
    return {
        "letter": column["letter"],
        "heading": column["heading"],
        "name": "field",
        "options": [("", _("not used")), *((name, LABELS[name]) for name in choices(kind))],
        "value": column["field"] or "",
        "percent": percent,
        "sure": (column["field"] is None and kind != "either") or column["confidence"] >= SURE,
    }


def choices(kind: str) -> list[str]:
    """What a column of a sheet may hold; "either" is a table that nobody recognised: vouchers or balances."""
    if kind == "balances":
        return list(fields(kind))
    lines = [name for field in fields("lines") for name in ((field, SIGNED) if field == "amount" else (field,))]
    return lines if kind == "lines" else [*lines, *(name for name in fields("balances") if name not in lines)]


def as_csv(rejects: Sequence[Reject]) -> bytes:
    """Row number and reason, with the mark that spreadsheets need to see UTF-8; formulas are neutralised."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow([str(_("Row")), str(_("Reason"))])
    writer.writerows([r.row, _harmless(str(r.reason))] for r in rejects)
    return out.getvalue().encode("utf-8-sig")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
