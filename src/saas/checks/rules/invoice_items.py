"""N46, invoice by invoice: not in the books, void or red but still in them, claimed without an entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from saas.checks import flows
from saas.checks.finding import Finding, Severity
from saas.checks.outside.invoice_matching import Booked, Direction, booked, grace
from saas.checks.wording import yuan
from saas.kernel.i18n import Listed, Text, _
from saas.kernel.money import Money
from saas.ledgers.frame import Ledger


def unmatched_invoices(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """settings["invoices"]: direction → list. Months that are not closed in the books are not judged."""
    over = sorted(flows.closed_months(ledger))
    lists: Mapping[Direction, pl.DataFrame] = settings.get("invoices", {})
    if not over:
        return []
    found = []
    for direction, lines in sorted(lists.items()):
        for one in booked(ledger, lines, direction):
            if over[0] <= f"{one.invoice.day:%Y-%m}" <= over[-1]:
                found += _of(one, direction, over[-1], settings["grace_months"])
    return found


def _of(one: Booked, direction: Direction, last: str, months: int) -> list[Finding]:
    invoice = one.invoice
    if invoice.status == "void":
        return [_finding(one, direction, "void", "high", _void(one))] if one.by == "number" else []
    if invoice.status == "red":
        reversed_ = invoice.total < 0 or len(one.vouchers) != 1
        return [] if reversed_ else [_finding(one, direction, "red", "high", _red(one))]
    if one.vouchers:
        return []
    if direction == "in" and not invoice.claimed and f"{grace(invoice.day, months):%Y-%m}" > last:
        return []  # it may still be under way to the bookkeeper
    severity: Severity = "high" if direction == "out" or invoice.claimed else "medium"
    return [_finding(one, direction, "unbooked", severity, _unbooked(one, direction))]


def _values(one: Booked) -> dict[str, Any]:
    invoice = one.invoice
    known = {"number": invoice.number, "party": invoice.party, "amount": str(Money(abs(invoice.total)))}
    return known | {"day": str(invoice.day), "voucher": Listed(one.vouchers)}


def _void(one: Booked) -> Text:
    return _("Invoice %(number)s is void, but %(voucher)s books it with %(amount)s", **_values(one))


def _red(one: Booked) -> Text:
    return _("Invoice %(number)s was reversed by a red one, but only %(voucher)s is in the books", **_values(one))


def _unbooked(one: Booked, direction: Direction) -> Text:
    if direction == "out":
        return _("Invoice %(number)s of %(day)s to %(party)s, %(amount)s with VAT, is not in the books", **_values(one))
    if one.invoice.claimed:
        return _(
            "Input VAT of invoice %(number)s from %(party)s, %(amount)s, was claimed but is not in the books",
            **_values(one),
        )
    return _("Invoice %(number)s of %(day)s from %(party)s, %(amount)s with VAT, is not in the books", **_values(one))


def _finding(one: Booked, direction: Direction, what: str, severity: Severity, message: Text) -> Finding:
    invoice = one.invoice
    return Finding(
        rule="N46",
        object=f"{what}@{direction}@{invoice.number}",
        severity=severity,
        confidence=0.85 if what == "unbooked" else 0.7,
        message=message,
        vouchers=list(one.vouchers),
        period=f"{invoice.day:%Y-%m}",
        amount=Money(abs(invoice.total)),
        compared={"invoice": invoice.number, "party": invoice.party, "net": yuan(invoice.amount),
                  "tax": yuan(invoice.tax), "claimed": invoice.claimed},
    )  # fmt: skip
