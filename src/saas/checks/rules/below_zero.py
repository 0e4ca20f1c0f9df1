"""N10: bank accounts and stock below zero at a month's end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from saas.checks.finding import Finding, Rule
from saas.checks.positions import positions
from saas.checks.rules.negative import first_of_stretches, largest
from saas.checks.stands import stands
from saas.checks.voucher_kinds import lines, vouchers
from saas.checks.wording import yuan
from saas.kernel.i18n import Text, _
from saas.kernel.money import Money
from saas.ledgers.charts import Chart
from saas.ledgers.frame import REPEATED, Ledger

BANK = ("bank", "other_money")
STOCK = ("inventory.raw", "inventory.goods", "inventory.in_transit", "inventory.packaging", "inventory.consigned")


def below_zero(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """One finding per account (or item of it) and stretch of months below zero, in amount or in quantity.

    Stock that is short only because an estimate was reversed before its invoice came is left out.
    """
    accounts = set(ledger.chart.having(*BANK, *STOCK))
    stood = positions(ledger)
    if not stood.known:
        short = _listed(ledger, accounts)
        return [_finding(row, ledger, "list") for row in short.iter_rows(named=True)]
    units = {unit for code, unit in stood.units.items() if code in accounts}
    ends = [stood.ends.with_columns(aux=pl.lit("", REPEATED)), stood.parties]
    short = pl.concat([_short(frame.filter(pl.col("account").is_in(list(units)))) for frame in ends])
    reversed_estimates = _reversed(ledger)
    found = [row for row in short.iter_rows(named=True) if not _waits_for_invoice(row, reversed_estimates)]
    said = {(row["account"], row["period"]) for row in found if not row["aux"]}
    found = [row for row in found if not row["aux"] or (row["account"], row["period"]) not in said]
    return [_finding(row, ledger, stood.known) for row in found] + _short_quantities(ledger)


def _short(ends: pl.DataFrame) -> pl.DataFrame:
    """account, aux, period, balance, lowest, next: the first month of each stretch and the balance one month later."""
    columns = ["account", "aux", "period", "balance", "later"]
    ends = ends.sort("account", "aux", "period").with_columns(
        balance="closing", later=pl.col("closing").shift(-1).over("account", "aux")
    )
    parts = [first_of_stretches(part.select(columns)) for part in ends.partition_by("account", "aux")]
    empty = pl.DataFrame(schema={**ends.select(columns).schema, "lowest": pl.Int64})
    return pl.concat([empty, *(part.select(empty.columns) for part in parts)])


def _reversed(ledger: Ledger) -> dict[tuple[str, str], int]:
    """Fen of estimates reversed, by stock account and month."""
    undone = vouchers(ledger).filter(pl.col("kind") == "estimate_reversal").select("voucher")
    taken = lines(ledger).join(undone, on="voucher").filter(pl.col("net") < 0)
    sums = taken.group_by("account", "period").agg(pl.col("net").sum())
    units = positions(ledger).units
    return {(units.get(account, account), period): -net for account, period, net in sums.iter_rows()}


def _waits_for_invoice(row: dict[str, Any], undone: dict[tuple[str, str], int]) -> bool:
    covered = undone.get((row["account"], row["period"]), 0) >= -row["balance"]
    return covered and (row["later"] is None or row["later"] >= 0)


def _listed(ledger: Ledger, accounts: set[str]) -> pl.DataFrame:
    found = stands(ledger).filter(pl.col("leaf"), pl.col("account").is_in(list(accounts)), pl.col("closing") < 0)
    return found.select("account", "aux", "period", balance="closing", lowest="closing", later=None, row="row")


def _short_quantities(ledger: Ledger) -> list[Finding]:
    """Items issued in greater quantity than there were, for accounts that count quantities and began without stock."""
    counted = lines(ledger).filter(
        pl.col("account").is_in(ledger.chart.having(*STOCK)), pl.col("quantity").is_not_null(), pl.col("quantity") != 0
    )
    if counted.is_empty():
        return []
    began = _began_with(ledger)
    sign = pl.when(pl.col("net") < 0).then(-1).otherwise(1)
    moved = counted.with_columns(pieces=pl.col("quantity").abs() * sign).group_by("account", "aux", "period").agg(
        pl.col("pieces").sum(), pl.col("row", "voucher").filter(pl.col("net") < 0)
    )  # fmt: skip
    found = []
    for part in moved.sort("account", "aux", "period").partition_by("account", "aux", maintain_order=True):
        if began.get((part["account"][0], part["aux"][0]), 0) != 0:
            continue
        short = first_of_stretches(part.with_columns(balance=pl.col("pieces").cum_sum().round(6)))
        found += [_pieces(row, ledger.chart) for row in short.iter_rows(named=True)]
    return found


def _began_with(ledger: Ledger) -> dict[tuple[str, str], int]:
    """Fen that stood on each stock item at the start; items not listed began at zero."""
    stood = positions(ledger)
    frames = [stood.ends.with_columns(aux=pl.lit("", REPEATED)), stood.parties]
    first = pl.concat([f.select("account", "aux", "period", "closing", "net") for f in frames]).sort("period")
    began = first.group_by("account", "aux", maintain_order=True).first()
    return {(a, x): closing - net for a, x, _period, closing, net in began.iter_rows()}


def _name(row: dict[str, Any], chart: Chart) -> str:
    account = chart.accounts.get(row["account"])
    name = f"{row['account']} {account.name if account else ''}".strip()
    return f"{name}[{row['aux']}]" if row["aux"] else name


def _finding(row: dict[str, Any], ledger: Ledger, known: str) -> Finding:
    units = positions(ledger).units
    on = [code for code, unit in units.items() if unit == row["account"]]
    taken = lines(ledger).filter(pl.col("account").is_in(on), pl.col("period") == row["period"], pl.col("net") < 0)
    if row["aux"]:
        taken = taken.filter(pl.col("aux") == row["aux"])
    payments = largest(taken.select("row", "voucher", "net").rows(), -row["balance"])
    message = _("%(account)s stands at %(balance)s at the end of %(period)s", account=_name(row, ledger.chart),
                balance=str(Money(row["balance"])), period=row["period"])  # fmt: skip
    compared = {
        "balance": yuan(row["balance"]),
        "lowest": yuan(row["lowest"]),
        "aux": row["aux"],
        "opening_from": known,
    }
    rows = sorted(number for number, _voucher, _net in payments) or [row["row"]]
    return _short_of(row, message, compared, [voucher for _row, voucher, _net in payments], rows, 0.9)


def _pieces(row: dict[str, Any], chart: Chart) -> Finding:
    message = _("%(account)s has a quantity of %(pieces)s at the end of %(period)s", account=_name(row, chart),
                pieces=f"{row['balance']:g}", period=row["period"])  # fmt: skip
    return _short_of(
        row, message, {"quantity": f"{row['balance']:g}", "aux": row["aux"]}, row["voucher"], row["row"], 0.8
    )


def _short_of(
    row: dict[str, Any],
    message: Text,
    compared: dict[str, Any],
    vouchers: list[str],
    rows: list[int],
    confidence: float,
) -> Finding:
    item = f"{row['account']}[{row['aux']}]" if row["aux"] else row["account"]
    kind = "quantity/" if "quantity" in compared else ""
    return Finding(
        rule="N10",
        object=f"{kind}{item}@{row['period']}",
        severity="high",
        confidence=confidence,
        message=message,
        vouchers=list(dict.fromkeys(vouchers)),
        rows=rows,
        period=row["period"],
        account=row["account"],
        amount=None if kind else Money(-int(row["balance"])),
        compared=compared,
    )


RULES = [
    Rule(
        id="N10",
        name=_("Bank or stock below zero"),
        explanation=_("A bank account or a stock account ends the month below zero: a receipt or purchase is missing."),
        reason=_("Banks don't lend without a contract, and goods that are not there can't be issued."),
        cure=_("The account stands at zero or more at the month's end, in amount and quantity."),
        severity="high",
        weight=0.8,
        run=below_zero,
    )
]
