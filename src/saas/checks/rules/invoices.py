"""N44: an invoice number that is repeated, malformed, or of an invoice younger than its voucher.

Only entries that recognise an invoice count (income, cost, stock, assets, VAT); a payment may name the invoice it pays,
and 先付款后开票 is normal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from saas.checks.digest import digest
from saas.checks.finding import Finding, Rule, Severity
from saas.checks.invoice_numbers import invoice_numbers
from saas.checks.roles import role_like
from saas.kernel.i18n import Listed, Text, _
from saas.kernel.money import Money
from saas.kernel.months import month_name
from saas.ledgers.frame import Ledger
from saas.ledgers.texts import says

RECOGNISES = (
    r"^(?:revenue|income|inventory|fixed_asset|intangible|deferred_expense|cip|production_cost|overhead|rd|tax\.vat"
    r"|selling|admin|finance|cogs|loss|surcharge)\b"
)
# GB/T 2260 codes of the provinces, the third and fourth digit of a 20-digit number
REGIONS = "11|12|13|14|15|21|22|23|31|32|33|34|35|36|37|41|42|43|44|45|46|50|51|52|53|54|61|62|63|64|65"
# 数电票; 代码 of 12 digits (begins with 0) with 号码; 代码 of 10 digits with 号码; 号码 alone
WELL_FORMED = rf"^(?:[12]\d(?:{REGIONS})\d{{16}}|0\d{{19}}|\d{{18}}|\d{{8}})$"
DIGITAL = r"^[12]\d(?:" + REGIONS + r")\d{16}$"


def invoice_faults(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """One finding for each repeated number, and for each voucher with a malformed or too young one."""
    booked = _recognised(ledger)
    return [*_repeated(booked), *_malformed(booked, settings), *_younger(booked, ledger, settings)]


def _recognised(ledger: Ledger) -> pl.DataFrame:
    """Events that recognise an invoice: voucher, invoice, column, rows with it, month, date, amount, text, form."""
    books = digest(ledger)
    without_code = (pl.col("role") == "") & ~says("account", r"^\d{4}")
    recognising = books.lines.filter(role_like(RECOGNISES) | without_code)["voucher"].unique()
    events = books.vouchers.filter(
        pl.col("voucher").is_in(recognising.implode()),
        pl.col("month").is_not_null(),
        pl.col("kind").is_in(["opening", "closing", "vat_transfer", "cost_carry", "estimate", "own_transfer"]).not_(),
        pl.col("pair").is_null(),
        pl.col("corrects").fill_null("") == "",
        ~(pl.col("red") | pl.col("refund") | pl.col("reversal")),
    ).select("voucher", "month", "date", "amount", "text", "key", "form")
    numbers = (
        invoice_numbers(ledger)
        .group_by("voucher", "invoice", maintain_order=True)
        .agg(pl.col("row").alias("rows"), pl.col("column").any())
    )
    return numbers.join(events, on="voucher", maintain_order="left")


def _repeated(booked: pl.DataFrame) -> list[Finding]:
    findings = []
    # the same number on entries with different accounts may be the two halves of one invoice's booking
    groups = booked.filter(pl.len().over("invoice", "form") > 1, pl.col("invoice").cat.len_chars() >= 8)
    if groups["invoice"].n_unique() > 0.1 * booked["invoice"].n_unique():
        # what is no invoice number repeats by nature: a contract, a lot, a bill of lading
        groups = groups.filter(says("invoice", WELL_FORMED))
    for (invoice, _form), group in groups.group_by("invoice", "form", maintain_order=True):
        vouchers = group["voucher"].to_list()
        text = _(
            "Invoice %(invoice)s is booked in %(count)s vouchers: %(vouchers)s.",
            invoice=invoice,
            count=len(vouchers),
            vouchers=Listed(vouchers),
        )
        findings.append(_finding(group, "repeated", "high", 0.9, text))
    return findings


def _malformed(booked: pl.DataFrame, settings: Mapping[str, Any]) -> list[Finding]:
    """Numbers that fit no official form where nearly all others of their source do."""
    well = says("invoice", WELL_FORMED)
    judged = booked.filter(well.mean().over("column") >= settings["well_formed"], pl.len().over("column") >= 5)
    findings = []
    for row in judged.filter(~well).iter_rows(named=True):
        text = _(
            "%(voucher)s has invoice number %(invoice)s, which is no invoice number: it has %(length)s characters.",
            voucher=row["voucher"],
            invoice=row["invoice"],
            length=len(row["invoice"]),
        )
        findings.append(_finding(pl.DataFrame([row]), "malformed", "medium", 0.85, text))
    return findings


def _younger(booked: pl.DataFrame, ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """By the year inside a 20-digit number, or by the document date the file gives beside the voucher's date."""
    issued = pl.col("invoice").cat.slice(0, 2).cast(pl.Int32, strict=False) + 2000
    numbered = booked.filter(says("invoice", DIGITAL), issued > pl.col("month") // 12)
    dates = ledger.lines.select("row", "document_date").drop_nulls()
    by_row = booked.drop("date").explode("rows").rename({"rows": "row"})
    own_date = ledger.lines.select("row", "date")
    dated = by_row.join(dates, on="row").join(own_date, on="row", maintain_order="left")
    dated = dated.unique(["voucher", "invoice"], keep="first", maintain_order=True).with_columns(
        rows=pl.concat_list("row")
    )
    dated = dated.filter((pl.col("date").dt.year() - pl.col("month") // 12).abs() <= 1)
    said = pl.col("voucher").is_in(numbered["voucher"].to_list())
    late = dated.filter(pl.col("document_date") > pl.col("date"), said.not_())
    if late.height > settings["late_share"] * dated.height:
        late = late.clear()  # this column is no invoice date
    findings = []
    for row in (*numbered.iter_rows(named=True), *late.iter_rows(named=True)):
        when = row.get("document_date") or f"20{row['invoice'][:2]}"
        text = _(
            "%(voucher)s of %(period)s books invoice %(invoice)s, which was issued later (%(issued)s).",
            voucher=row["voucher"],
            period=month_name(row["month"]),
            invoice=row["invoice"],
            issued=str(when),
        )
        findings.append(_finding(pl.DataFrame([row]), "younger", "high", 0.85, text))
    return findings


def _finding(group: pl.DataFrame, fault: str, severity: Severity, confidence: float, message: Text) -> Finding:
    last = group.row(-1, named=True)
    return Finding(
        rule="N44",
        object=f"{fault}·{last['invoice']}",
        severity=severity,
        confidence=confidence,
        message=message,
        vouchers=group["voucher"].to_list(),
        rows=[row for rows in group["rows"] for row in rows],
        period=month_name(last["month"]),
        amount=Money(last["amount"]),
        compared={
            "kind": fault,
            "invoice": last["invoice"],
            "booked": [
                {"voucher": v, "date": str(d), "summary": s}
                for v, d, s in group.select("voucher", "date", "text").iter_rows()
            ],
        },
    )


RULES = [
    Rule(
        id="N44",
        name=_("Invoice number"),
        explanation=_(
            "An invoice number occurs in two vouchers of one kind, has the form of no invoice, or belongs to an "
            "invoice issued after the voucher."
        ),
        reason=_(
            "An invoice proves one transaction; only a valid invoice that was there when the cost was booked supports "
            "the deduction of cost and input VAT."
        ),
        cure=_("The number is corrected in the record, or the surplus booking is reversed."),
        severity="high",
        weight=0.75,
        run=invoice_faults,
        settings={"well_formed": 0.8, "late_share": 0.1},
    )
]
