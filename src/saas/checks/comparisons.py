"""The numbers a finding compared, with their names: what stands behind its sentence.

Rules put them into `Finding.compared`: amounts as yuan texts, counts, dates, names; lists of vouchers; and under
"expected" the entry that would make the finding go away.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from saas.kernel.i18n import Text, _
from saas.kernel.money import Money

AMOUNT = re.compile(r"-?\d+\.\d\d")
SERIES = re.compile(r"(?:party|words|accounts)·(?:(.*)·)?[\w.|-]+[CD]")  # a monthly series, by what its vouchers share

LABELS: dict[str, Text] = {
    "debit": _("Debit"),
    "credit": _("Credit"),
    "difference": _("Difference"),
    "debit_of_vouchers": _("Debit of the vouchers"),
    "credit_of_vouchers": _("Credit of the vouchers"),
    "balance": _("Balance"),
    "lowest": _("Lowest balance"),
    "opening": _("Opening"),
    "closing": _("Closing"),
    "movement": _("Movement"),
    "closing_before": _("Closing of the month before"),
    "closed": _("Closed by the closing entry"),
    "total": _("Account itself"),
    "details": _("Sum of its details"),
    "open": _("Still open"),
    "cost": _("Cost"),
    "written_off": _("Written off"),
    "booked": _("Booked"),
    "expected_amount": _("Would fit"),
    "amount": _("Amount"),
    "exposure": _("Exposure"),
    "exposure_rate": _("Rate"),
    "quantity": _("Quantity"),
    "day": _("Day"),
    "days": _("Days"),
    "months": _("Months"),
    "months_present": _("Months with this entry"),
    "as_of": _("As of"),
    "deadline": _("Deadline"),
    "last_movement": _("Last movement"),
    "from": _("Number before"),
    "to": _("Number after"),
    "count": _("Missing numbers"),
    "before": _("Voucher before"),
    "after": _("Voucher after"),
    "number": _("Number"),
    "new_number": _("New number"),
    "numbers": _("Numbers"),
    "repeated": _("Repeated numbers"),
    "date": _("Date"),
    "other": _("Other voucher"),
    "other_date": _("Other date"),
    "other_number": _("Other number"),
    "person": _("Person"),
    "aux": _("Party"),
    "series": _("Series"),
    "invoice": _("Invoice number"),
    "shown_by": _("Shown by"),
    "same_entry_in_ledger": _("Equal entries in the ledger"),
    "twins": _("Repeated groups"),
    "vouchers": _("Vouchers"),
    "of": _("Of all vouchers"),
    "usual_per_month": _("Usual a month"),
    "this_way": _("This way round"),
    "other_way": _("The other way round"),
    "other_way_same_words": _("The other way, same words"),
    "lines": _("Lines"),
    "name": _("Account’s name"),
    "sales": _("Sales"),
    "limit": _("Limit in force"),
    "left": _("Room left"),
    "revenue": _("Revenue"),
    "rate": _("Rate"),
    "tax_due": _("VAT due"),
    "tax_booked": _("VAT booked"),
    "vat_sales": _("Sales by VAT return"),
    "cit_revenue": _("Revenue by income tax return"),
    "supplied": _("By the supplied figure"),
    "vat_payable": _("VAT to pay"),
    "since": _("Owed since"),
    "burden": _("VAT burden"),
    "burden_before": _("VAT burden before"),
    "usual_account": _("Usual account"),
    "same_words": _("Entries on the usual account"),
    "repaid": _("Repaid"),
    "lent_again": _("Lent again"),
    "input_tax": _("Input VAT"),
    "input_tax_before": _("Input VAT of the year before"),
    "output_tax": _("Output VAT"),
    "output_tax_before": _("Output VAT of the year before"),
    "goods": _("Class of goods"),
    "margin": _("Margin"),
    "margin_usual": _("Usual margin"),
    "base": _("Measured against"),
    "law": _("Legal basis"),
}
LISTED = ("original", "copies", "booked", "red_vouchers", "vouchers", "last_members")  # vouchers named by a rule
MARKED = {"difference", "balance", "lowest", "open", "exposure", "booked", "count"}  # what the finding is about


@dataclass(frozen=True, slots=True)
class Listed:
    """A voucher a rule compared with."""

    voucher: str
    date: str
    summary: str
    amount: Money | None


def figures(compared: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The single numbers as `ui.key_figures` shows them; lists and internal marks are left out."""
    shown = []
    for key, label in LABELS.items():
        value = compared.get(key)
        if value is None or value == "" or isinstance(value, (dict, list, bool)):
            continue
        if said := as_shown(value):
            shown.append({"label": label, "value": said, "tone": "amber" if key in MARKED else ""})
    return shown


def listed(compared: Mapping[str, Any]) -> list[Listed]:
    """The vouchers a rule names beside its own."""
    found = []
    for key in LISTED:
        value = compared.get(key)
        rows = [value] if isinstance(value, dict) else value if isinstance(value, list) else []
        found += [_listed(row) for row in rows if isinstance(row, dict) and ("voucher" in row or "date" in row)]
    return found


def expected(compared: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The entry that is missing or would be right: [{account, aux, debit, credit}] with Money."""
    value = compared.get("expected")
    rows: Any = value.get("lines", ()) if isinstance(value, dict) else value
    if not isinstance(rows, list):
        return []
    return [
        {
            "account": str(row.get("account", "")),
            "aux": str(row.get("aux", "") or ""),
            "debit": _money(row.get("debit")),
            "credit": _money(row.get("credit")),
        }
        for row in rows
        if isinstance(row, dict) and row.get("account")
    ]


def as_shown(value: Any) -> Any:
    """Yuan texts become amounts with separators, a series is named by its words; the rest stays as it is."""
    if isinstance(value, str) and (series := SERIES.fullmatch(value)):
        return " ".join(part for part in (series[1] or "").split("·") if part)
    if isinstance(value, str) and AMOUNT.fullmatch(value):
        return str(Money.of(value)).replace("-", "−")
    return value


def _listed(row: Mapping[str, Any]) -> Listed:
    date, summary = str(row.get("date") or ""), str(row.get("summary") or "")
    return Listed(str(row.get("voucher", "")), date, summary, _money(row.get("amount")))


def _money(value: Any) -> Money | None:
    amount = Money.of(value) if isinstance(value, str) and AMOUNT.fullmatch(value) else None
    return amount or None
