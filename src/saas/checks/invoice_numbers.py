"""Invoice numbers as ledgers carry them: in a column of their own or inside the summary (domain.md F4)."""

from __future__ import annotations

import polars as pl

from saas.checks.digest import digest
from saas.checks.once import per_ledger
from saas.checks.wording import INVOICE
from saas.ledgers.frame import Ledger
from saas.ledgers.texts import says

BARE = r"(?:^|\D)(\d{20})(?:\D|$)"


@per_ledger
def invoice_numbers(ledger: Ledger) -> pl.DataFrame:
    """voucher, row, invoice, column (from a column of its own): each number once per line that carries it."""
    lines = digest(ledger).lines
    texts = lines.filter(says("text", r"\d{5}")).select("voucher", "row", pl.col("text").cast(pl.String))
    written = texts.select(
        "voucher",
        "row",
        pl.coalesce(pl.col("text").str.extract(INVOICE, 1), pl.col("text").str.extract(BARE, 1)).alias("invoice"),
        pl.lit(False).alias("column"),
    )
    column = lines.filter(says("reference", r"\d")).select(
        "voucher", "row", pl.col("reference").cast(pl.String).alias("invoice"), pl.lit(True).alias("column")
    )
    both = pl.concat([column, written]).drop_nulls("invoice")
    return both.with_columns(pl.col("invoice").str.replace_all(r"[\s\-]", "")).unique(
        ["row", "invoice"], maintain_order=True
    )
