"""N09: cash below zero."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from saas.checks.finding import Finding, Rule
from saas.checks.positions import positions
from saas.checks.stands import stands
from saas.checks.voucher_kinds import dated_at_month_end, lines
from saas.checks.wording import yuan
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.ledgers.frame import REPEATED, Ledger


def negative_cash(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """Cash below zero at a day's end, the day's receipts first; at the month's end where days mean nothing.

    One finding per stretch of negative days. Silent where the opening is unknown; a balance list is read by month.
    """
    accounts = set(ledger.chart.having("cash"))
    stood = positions(ledger)
    if not stood.known:
        return [_finding(row, "list") for row in _listed(ledger, accounts).iter_rows(named=True)]
    units = sorted({unit for code, unit in stood.units.items() if code in accounts})
    return [_finding(row, stood.known) for unit in units for row in _stretches(ledger, unit).iter_rows(named=True)]


def _stretches(ledger: Ledger, unit: str) -> pl.DataFrame:
    """The first day of each stretch below zero: account, period, day (null by month), balance, lowest.

    row, voucher, net: lists of that day's payments.
    """
    stood = positions(ledger)
    on = [code for code, of in stood.units.items() if of == unit]
    ends = stood.ends.filter(pl.col("account") == unit)
    opening = int(ends["closing"][0] - ends["net"][0])
    real_days = pl.col("period").is_in(list(dated_at_month_end(ledger))).not_()
    paid = pl.col("net") < 0
    days = (
        lines(ledger)
        .filter(pl.col("account").is_in(on), pl.col("period").is_not_null())
        .with_columns(day=pl.when(real_days).then("date"))
        .group_by("period", "day")
        .agg(pl.col("net").sum().alias("moved"), pl.col("row", "voucher", "net").filter(paid))
        .sort("period", "day", nulls_last=True)
        .with_columns(balance=opening + pl.col("moved").cum_sum())
    )
    return first_of_stretches(days).with_columns(account=pl.lit(unit))


def first_of_stretches(days: pl.DataFrame) -> pl.DataFrame:
    """The first row of every run of rows with a negative `balance`, with the run's lowest balance as `lowest`."""
    below = pl.col("balance") < 0
    stretch = (below & ~below.shift(1, fill_value=False)).cum_sum()
    runs = days.with_columns(stretch=stretch).filter(below).group_by("stretch", maintain_order=True)
    return runs.agg(pl.all().first(), lowest=pl.col("balance").min()).drop("stretch")


def _listed(ledger: Ledger, accounts: set[str]) -> pl.DataFrame:
    nothing = pl.lit([], dtype=pl.List(pl.Int64))
    found = stands(ledger).filter(pl.col("leaf"), pl.col("aux") == "", pl.col("account").is_in(list(accounts)))
    return found.filter(pl.col("closing") < 0).select(
        "account", "period", day=pl.lit(None), balance="closing", lowest="closing", row=pl.concat_list("row"),
        voucher=pl.lit([], dtype=pl.List(REPEATED)), net=nothing,
    )  # fmt: skip


def largest(payments: list[tuple[int, str, int]], short: int) -> list[tuple[int, str, int]]:
    """The largest payments (row, voucher, net) that together exceed what was short."""
    chosen, total = [], 0
    for payment in sorted(payments, key=lambda p: p[2]):
        if total >= short:
            break
        chosen.append(payment)
        total -= payment[2]
    return chosen


def _finding(row: dict[str, Any], known: str) -> Finding:
    day = row["day"].isoformat() if row["day"] else row["period"]
    payments = largest(list(zip(row["row"], row["voucher"], row["net"], strict=False)), -row["balance"])
    return Finding(
        rule="N09",
        object=f"{row['account']}@{day}",
        severity="high",
        confidence=0.75 if known == "founded" else 0.95,
        message=_("Cash on hand is %(balance)s at the end of %(day)s: more was paid out than there was",
                  balance=str(Money(row["balance"])), day=day),
        vouchers=list(dict.fromkeys(voucher for _row, voucher, _net in payments)),
        rows=sorted(number for number, _voucher, _net in payments) or row["row"],
        period=row["period"],
        account=row["account"],
        amount=Money(-row["balance"]),
        compared={"balance": yuan(row["balance"]), "lowest": yuan(row["lowest"]), "day": day,
                  "by": "day" if row["day"] else "month", "opening_from": known},
    )  # fmt: skip


RULES = [
    Rule(
        id="N09",
        name=_("Cash below zero"),
        explanation=_("More cash was paid out than there was: a receipt is missing, or cash was never there."),
        reason=_("Cash on hand cannot be negative; the cash journal is closed every day (会计基础工作规范)."),
        cure=_("Cash is zero or more at the end of every day."),
        severity="high",
        weight=0.85,
        run=negative_cash,
    )
]
