"""N08: balances on the wrong side of an account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from saas.checks.finding import Finding, Rule, Severity
from saas.checks.positions import positions
from saas.checks.roles import role_in
from saas.checks.stands import stands
from saas.checks.voucher_kinds import lines
from saas.checks.wording import yuan
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.ledgers.frame import REPEATED, Ledger

SEVERE = ("cash", "depreciation", "amortisation")
TWO_SIDED = ("ar", "advance", "ap", "prepaid", "other_receivable", "other_payable")  # 重分类 between each other
OTHER_RULES = ("bank", "other_money", "inventory")  # N10 speaks about these
PREPAID = ("payroll",)  # may be paid a month before it is accrued
EMPTY = {"account": REPEATED, "aux": REPEATED, "period": REPEATED, "closing": pl.Int64, "row": pl.Int64}


def wrong_side(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """One finding per account (medium, some high) and per party (low), for the first month of each wrong stretch."""
    accounts, parties = _closings(ledger)
    found = [_finding(row, ledger) for row in _turned(accounts, ledger).iter_rows(named=True)]
    said = {(f.account, f.period) for f in found}
    for row in _turned(parties.filter(_role_of(ledger, *TWO_SIDED)), ledger).iter_rows(named=True):
        if (row["account"], row["period"]) not in said:
            found.append(_finding(row, ledger))
    return found


def _closings(ledger: Ledger) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Month-end balances by account and by party: those of the balance list, else those worked out from vouchers."""
    listed = stands(ledger)
    if not listed.is_empty():
        if ledger.lines.height:
            listed = listed.filter(~role_in("cash"))  # with vouchers N09 judges it, day by day
        columns = listed.filter(pl.col("leaf")).select("account", "aux", "period", "closing", "row")
        return columns.filter(pl.col("aux") == ""), columns.filter(pl.col("aux") != "")
    stood = positions(ledger)
    no_row = pl.lit(None, dtype=pl.Int64).alias("row")
    cash = ledger.chart.having("cash")
    accounts = stood.ends.filter(~pl.col("account").is_in(cash)).select(
        "account", pl.lit("", dtype=REPEATED).alias("aux"), "period", "closing", no_row
    )
    return accounts, stood.parties.select("account", "aux", "period", "closing", no_row)


def _turned(closings: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    """The first month of every stretch of months with a balance on the wrong side, and how many months it lasts."""
    chart = pl.DataFrame(
        [(a.code, a.name, a.category, a.side, a.role) for a in ledger.chart.accounts.values()],
        schema=dict.fromkeys(("account", "name", "category", "side", "role"), REPEATED),
        orient="row",
    )
    wrong = pl.when(pl.col("side") == "D").then(pl.col("closing") < 0).otherwise(pl.col("closing") > 0)
    keys = ["account", "aux"]
    judged = (
        closings.join(chart, on="account")
        .filter(
            pl.col("category").is_in(["asset", "liability", "equity"]), pl.col("side") != "B", ~role_in(*OTHER_RULES)
        )
        .sort(*keys, "period")
        .with_columns(wrong=wrong)
        .with_columns(turn=(pl.col("wrong") & ~pl.col("wrong").shift(1, fill_value=False)).over(keys))
        .with_columns(stretch=pl.col("turn").cum_sum().over(keys))
        .filter("wrong")
    )
    stretches = judged.group_by(*keys, "stretch", maintain_order=True).agg(
        pl.col("period", "row", "name", "role").first(), pl.col("closing").first(), months=pl.len()
    )
    lasting = ~role_in(*PREPAID) | (pl.col("months") > 1)
    return stretches.filter(lasting)


def _finding(row: dict[str, Any], ledger: Ledger) -> Finding:
    party = bool(row["aux"])
    severe = str(row["role"]).split(".")[0] in SEVERE
    severity: Severity = "low" if party else "high" if severe else "medium"
    voucher, rows = _last_to_turn(ledger, row)
    name = f"{row['account']} {row['name']}".strip() + (f"[{row['aux']}]" if party else "")
    side = "credit" if row["closing"] < 0 else "debit"
    message = (
        _("%(account)s ends %(period)s with a credit balance of %(amount)s", account=name, period=row["period"],
          amount=str(Money(-row["closing"])))
        if side == "credit"
        else _("%(account)s ends %(period)s with a debit balance of %(amount)s", account=name, period=row["period"],
               amount=str(Money(row["closing"])))
    )  # fmt: skip
    return Finding(
        rule="N08",
        object=f"{row['account']}[{row['aux']}]@{row['period']}" if party else f"{row['account']}@{row['period']}",
        severity=severity,
        confidence=0.5 if party else 0.85,
        message=message,
        vouchers=voucher,
        rows=[row["row"]] if row["row"] is not None else rows,
        period=row["period"],
        account=row["account"],
        amount=Money(abs(row["closing"])),
        compared={"balance": yuan(row["closing"]), "side": side, "aux": row["aux"], "months": row["months"],
                  "reclassify": party},
    )  # fmt: skip


def _last_to_turn(ledger: Ledger, row: dict[str, Any]) -> tuple[list[str], list[int]]:
    """The last voucher of the month that moved the account to the wrong side, and its lines on the account."""
    wanted = pl.col("net") < 0 if row["closing"] < 0 else pl.col("net") > 0
    units = positions(ledger).units
    on = [code for code, unit in units.items() if unit == row["account"]] or [row["account"]]
    moves = lines(ledger).filter(pl.col("account").is_in(on), pl.col("period") == row["period"], wanted)
    if row["aux"]:
        moves = moves.filter(pl.col("aux") == row["aux"])
    if moves.is_empty():
        return [], []
    last = moves.sort("date", "row")["voucher"][-1]
    return [last], moves.filter(pl.col("voucher") == last)["row"].to_list()


def _role_of(ledger: Ledger, *roles: str) -> pl.Expr:
    return pl.col("account").is_in(ledger.chart.having(*roles))


RULES = [
    Rule(
        id="N08",
        name=_("Balance on the wrong side"),
        explanation=_("An account that normally stands on one side ends the month on the other."),
        reason=_("Assets stand in debit and liabilities in credit; statements need reclassifying (重分类) otherwise."),
        cure=_("The balance is back on its normal side, or the party is reclassified in the statements."),
        severity="medium",
        weight=0.5,
        run=wrong_side,
    )
]
