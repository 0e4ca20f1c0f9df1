"""Invoice numbers as ledgers carry them: in a column of their own or inside the summary (domain.md F4)."""

from __future__ import annotations

import polars as pl

from saas.checks.digest import digest
from saas.checks.once import per_ledger
from saas.checks.wording import INVOICE
from saas.ledgers.frame import REPEATED, Ledger
from saas.ledgers.texts import of_each

APART = r"[\s\-]"  # what writers put between the parts of a number
BARE = r"(?:^|\D)(\d{20})(?:\D|$)"


@per_ledger
def invoice_numbers(ledger: Ledger) -> pl.DataFrame:
    """voucher, row, invoice, column (from a column of its own): each number once per line that carries it."""
    lines = digest(ledger).lines
    own = ("voucher", "row")
    said = lines.select(
        *own, beside=of_each("reference", _beside, REPEATED), written=of_each("text", _written, REPEATED)
    )
    beside = said.select(*own, invoice="beside", column=pl.lit(True))
    written = said.filter(pl.col("written").ne_missing("beside")).select(*own, invoice="written", column=pl.lit(False))
    return pl.concat([beside, written]).drop_nulls("invoice")


def _written(text: pl.Expr) -> pl.Expr:
    """The number that a summary names, else the 20 digits it holds."""
    text = pl.when(text.str.contains(r"\d{5}")).then(text)
    named = pl.coalesce(text.str.extract(INVOICE, 1), pl.when(text.str.contains(BARE)).then(text).str.extract(BARE, 1))
    return named.str.replace_all(APART, "")


def _beside(reference: pl.Expr) -> pl.Expr:
    return pl.when(reference.str.contains(r"\d")).then(reference.str.replace_all(APART, ""))
