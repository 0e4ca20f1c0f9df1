"""How each voucher came into the books: who entered it, when, and in which batch. Basis of the signals of habit."""

from __future__ import annotations

import polars as pl

from saas.checks.digest import digest
from saas.checks.once import per_ledger
from saas.ledgers.frame import REPEATED, Ledger

SYSTEM = ("opening", "closing", "vat_transfer")


@per_ledger
def entering(ledger: Ledger) -> pl.DataFrame:
    """One row per business event, in the file's order.

    Columns: place (position in the file), voucher, month, date, form, pattern, mirror, amount, key, text, preparer,
    source, entered_date, entered_time, number, batch (what one person entered in one day; the month where the file has
    no dates of entry), batch_n (its vouchers), form_n (vouchers on these accounts).
    """
    facts = ("source", "entered_date", "entered_time", "number")
    entered = ledger.lines.filter(pl.col("voucher").is_not_null()).group_by("voucher").agg(pl.col(facts).first())
    events = (
        digest(ledger)
        .vouchers.with_row_index("place")
        .filter(pl.col("month").is_not_null(), pl.col("kind").is_in(SYSTEM).not_(), pl.col("correction").not_())
        .join(entered, on="voucher", how="left", maintain_order="left")
    )
    day = pl.coalesce(pl.col("entered_date").cast(pl.String), pl.col("month").cast(pl.String))
    return events.select(
        *("voucher", "month", "date", "form", "pattern", "mirror", "amount", "key", "text", "preparer", *facts),
        pl.col("place").cast(pl.Int64),
        pl.concat_str("preparer", day, separator="·").cast(REPEATED).alias("batch"),
        *("money", "refund", "reversal", "referenced", "pair"),
    ).with_columns(batch_n=pl.len().over("batch"), form_n=pl.len().over("form"))
