"""N53: capital that came without money or asset, and capital that went out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from saas.checks import flows
from saas.checks.finding import Finding, Rule, Severity
from saas.checks.roles import role_in
from saas.checks.wording import yuan
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.ledgers.frame import Ledger

OWED = ("other_receivable", "receivable", "other_payable", "payable")


def capital_moves(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """Capital credited against a receivable (subscribed, not paid), and capital paid back.

    A debt turned into capital (债转股) has a debit on other payables that stood before; it is left alone, as are money,
    assets and reserves. Transfers between shareholders move capital against capital.
    """
    own = flows.events(ledger)
    moved = own.filter(role_in("capital"), pl.col("net") != 0)["voucher"].unique()
    heads = (
        own.filter(pl.col("voucher").is_in(moved.implode()), pl.col("pair").is_null())
        .group_by("voucher", maintain_order=True)
        .agg(
            pl.col("period").first(),
            pl.col("row").alias("rows"),
            pl.col("account").filter(role_in("capital")).first(),
            pl.col("net").filter(role_in("capital")).sum().alias("capital"),
            pl.col("net").filter(role_in("other_receivable", "receivable"), pl.col("net") > 0).sum().alias("owed"),
            (-pl.col("net").filter(role_in("bank", "cash", "other_money", *OWED), pl.col("net") < 0).sum()).alias(
                "out"
            ),
        )
    )
    unpaid = heads.filter(pl.col("capital") < 0, pl.col("owed") >= settings["least_fen"])
    back = heads.filter(pl.col("capital") >= settings["least_fen"], pl.col("out") > 0)
    return [
        *(_finding(row, "unpaid", "medium", row["owed"]) for row in unpaid.iter_rows(named=True)),
        *(_finding(row, "back", "high", row["capital"]) for row in back.iter_rows(named=True)),
    ]


def _finding(row: dict[str, Any], kind: str, severity: Severity, fen: int) -> Finding:
    values: dict[str, Any] = {"voucher": row["voucher"], "amount": str(Money(fen))}
    return Finding(
        rule="N53",
        object=f"{kind}·{row['voucher']}",
        severity=severity,
        confidence=0.7,
        message=(
            _("%(voucher)s books capital of %(amount)s that was not paid in", **values)
            if kind == "unpaid"
            else _("%(voucher)s pays capital of %(amount)s back", **values)
        ),
        vouchers=[row["voucher"]],
        rows=row["rows"],
        period=row["period"],
        account=row["account"],
        amount=Money(fen),
        compared={"kind": kind, "amount": yuan(fen)},
    )


RULES = [
    Rule(
        id="N53",
        name=_("Paid-in capital"),
        explanation=_("Capital was booked against a receivable instead of money or assets, or was paid back."),
        reason=_("Only what was paid in is capital; taking it out needs a lawful reduction (公司法第五十三条)."),
        cure=_("The bank slip or the registered reduction is on file, or the entry is corrected."),
        severity="medium",
        weight=0.6,
        run=capital_moves,
        settings={"least_fen": 1_000_00},
    )
]
