"""The balance list as the rules read it: a row per month, account and auxiliary item, with what the chart says."""

from __future__ import annotations

import polars as pl

from saas.checks.once import per_ledger
from saas.ledgers.frame import REPEATED, Ledger


@per_ledger
def stands(ledger: Ledger) -> pl.DataFrame:
    """The balance list, completed; empty when the file has none.

    Columns: row, period, account, aux ("" = the account itself), year_opening, opening, debit, credit, closing (signed
    fen), name, category, side, role, parent, and leaf: no other account of that month's list lies beneath it. An
    account that is listed by auxiliary items alone gets their sum.
    """
    found = _completed(ledger.balances)
    totals = found.filter(pl.col("aux") == "").select("period", "account")
    amounts = ("year_opening", "opening", "debit", "credit", "closing")
    sums = (
        found.join(totals, on=["period", "account"], how="anti")
        .group_by("period", "account", maintain_order=True)
        .agg(pl.col("row").first(), pl.col(*amounts).sum(), aux=pl.lit("", REPEATED))
    )
    return _described(pl.concat([found, sums.select(found.columns)]), ledger)


def _completed(balances: pl.DataFrame) -> pl.DataFrame:
    """Opening and closing worked out from each other where the file shows only one."""
    rolled = pl.col("closing") - pl.col("debit") + pl.col("credit")
    january = pl.when(pl.col("period").cat.ends_with("-01")).then("year_opening")
    return (
        balances.filter(pl.col("period").is_not_null())
        .with_columns(
            pl.when(pl.col("account") == "").then("account_name").otherwise("account").alias("account"),
            pl.col("aux").fill_null(""),
            pl.col("debit", "credit").fill_null(0),
        )
        .with_columns(opening=pl.coalesce("opening", rolled, january))
        .with_columns(closing=pl.coalesce("closing", pl.col("opening") + pl.col("debit") - pl.col("credit")))
        .filter(pl.col("opening").is_not_null())
        .select("row", "period", "account", "aux", "year_opening", "opening", "debit", "credit", "closing")
    )


def _described(found: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    chart = ledger.chart.accounts
    inner = [
        (period, parent)
        for period, codes in found.group_by("period").agg(pl.col("account").unique()).iter_rows()
        for parent in {chart[code].parent for code in codes if code in chart}
    ]
    above = pl.DataFrame(inner, schema={"period": REPEATED, "account": REPEATED}, orient="row")
    known = pl.DataFrame(
        [(a.code, a.name, a.category, a.side, a.role, a.parent) for a in chart.values()],
        schema=dict.fromkeys(("account", "name", "category", "side", "role", "parent"), REPEATED),
        orient="row",
    )
    return (
        found.join(known, on="account", how="left", maintain_order="left")
        .join(above.with_columns(leaf=False), on=["period", "account"], how="left", maintain_order="left")
        .with_columns(
            pl.col("leaf").fill_null(True), pl.col("name", "category", "side", "role", "parent").fill_null("")
        )
    )
