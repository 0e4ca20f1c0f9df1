"""N49: input VAT deducted on welfare and entertainment that has to be transferred out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from saas.checks import flows
from saas.checks.finding import Finding, Rule
from saas.checks.roles import role_in, role_like
from saas.checks.wording import yuan
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.kernel.months import next_month
from saas.ledgers.frame import Ledger

PRIVATE = r"\.(?:welfare|entertainment)$"
OUT = "tax.vat.input_out"


def to_transfer_out(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """One finding per voucher that deducts input VAT on nothing but welfare or entertainment.

    Silent where the month or the next one transfers at least as much out: many books do so once a month.
    """
    own = flows.events(ledger)
    taxed = own.filter(role_in("tax.vat.input"), pl.col("net") > 0)["voucher"].unique()
    cost = role_like(PRIVATE)
    beside = role_in("tax", "cash", "bank", "other_money", "ap", "other_payable", "other_receivable", "prepaid")
    bought = (
        own.filter(pl.col("voucher").is_in(taxed.implode()), pl.col("pair").is_null())
        .group_by("voucher", maintain_order=True)
        .agg(
            pl.col("period").first(),
            (cost & (pl.col("net") > 0)).any().alias("private"),
            (cost | beside).all().alias("only"),
            role_in(OUT).any().alias("out"),
            pl.col("net").filter(role_in("tax.vat.input")).sum().alias("tax"),
            pl.col("row").filter(role_in("tax.vat.input")).alias("rows"),
            pl.col("account").filter(cost).first().alias("account"),
        )
        .filter("private", "only", ~pl.col("out"))
    )
    given = flows.flow(ledger, "credit", OUT)
    wanted = {p: int(fen) for p, fen in bought.group_by("period").agg(pl.col("tax").sum()).iter_rows()}
    return [
        _finding(ledger, row)
        for row in bought.iter_rows(named=True)
        if given[row["period"]] + given.get(next_month(row["period"]), 0) < wanted[row["period"]]
        and row["tax"] >= settings["least_fen"]
    ]


def _finding(ledger: Ledger, row: dict[str, Any]) -> Finding:
    columns = [code for code in ledger.chart.having(OUT) if ledger.chart.accounts[code].leaf]
    expected = [
        {"account": row["account"], "debit": yuan(row["tax"]), "credit": "0.00"},
        *({"account": code, "debit": "0.00", "credit": yuan(row["tax"])} for code in columns[:1]),
    ]
    return Finding(
        rule="N49",
        object=row["voucher"],
        severity="high",
        confidence=0.75,
        message=_("%(voucher)s deducts input VAT of %(amount)s on welfare or entertainment", voucher=row["voucher"],
                  amount=str(Money(row["tax"]))),
        vouchers=[row["voucher"]],
        rows=row["rows"],
        period=row["period"],
        account=row["account"],
        amount=Money(row["tax"]),
        compared={"booked": yuan(row["tax"]), "expected": expected if len(expected) > 1 else []},
    )  # fmt: skip


RULES = [
    Rule(
        id="N49",
        name=_("Input VAT to transfer out"),
        explanation=_("Input VAT was deducted on staff welfare or entertainment and not transferred out."),
        reason=_("Purchases for collective welfare or personal consumption give no deduction (增值税法第二十二条)."),
        cure=_("The input VAT is transferred out (进项税额转出), or the use turns out to be another."),
        severity="high",
        weight=0.7,
        run=to_transfer_out,
        settings={"least_fen": 10_00},
    )
]
