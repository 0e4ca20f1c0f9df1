"""Which lines form a voucher: its key, its order, the position of each line."""

from __future__ import annotations

import polars as pl

from saas.kernel.i18n import Text, _
from saas.ledgers.frame import REPEATED

SCATTERED = 0.3  # share of vouchers in several pieces from which a file is sorted by account, not by voucher


def name(lines: pl.DataFrame) -> tuple[pl.DataFrame, list[Text]]:
    """Adds voucher ("2026-03 记-12", or the file's own journal id) and line (1, 2, …); may bring lines together."""
    notes: list[Text] = []
    if lines["number_text"].eq("").all() and lines["journal"].null_count() == lines.height:
        lines = lines.with_columns(voucher=_by_balance(lines))
        notes.append(_("The file has no voucher numbers: a voucher ends where debits and credits are equal."))
    else:
        lines = lines.with_columns(voucher=_keys(lines))
    begins = (pl.col("voucher") != pl.col("voucher").shift()).fill_null(True)
    pieces = lines.select("voucher").filter(begins).group_by("voucher").len()
    if pieces.height > 3 and (pieces["len"] > 1).sum() > SCATTERED * pieces.height:
        lines = lines.with_columns(first_=pl.col("row").min().over("voucher"))
        by = ["period", "date", "word", "number", "first_", "row"]
        lines = lines.sort(by, nulls_last=True, maintain_order=True).drop("first_")
        notes.append(_("The file is sorted by account: the lines of each voucher were brought together."))
    return lines.with_columns(line=pl.int_range(1, pl.len() + 1).over("voucher")), notes


def _keys(lines: pl.DataFrame) -> pl.Series:
    """The key of each line: written for the first of lines that have all in common, and taken over by the others."""
    parts = ["period", "word", "number", "number_text", "journal"]
    missing = pl.col("number_text") == ""
    start = pl.when(missing & ~missing.shift(fill_value=False)).then(pl.col("row")).forward_fill()
    changes = pl.any_horizontal(pl.col(part).ne_missing(pl.col(part).shift()) for part in parts)
    stretched = lines.select(*parts, start=start, begins=changes | (pl.int_range(pl.len()) == 0))
    keys = stretched.filter("begins").select(_key().cast(REPEATED)).to_series()
    return keys.gather(stretched["begins"].cum_sum() - 1)


def _key() -> pl.Expr:
    """The file's own journal id, else period, word and number; without a number, the row where that begins."""
    period = pl.coalesce(pl.col("period"), pl.lit("?"))
    number = pl.coalesce(pl.col("number").cast(pl.String), pl.col("number_text"))
    numbered = (
        pl.when(pl.col("word") != "")
        .then(pl.format("{} {}-{}", period, "word", number))
        .otherwise(pl.format("{} {}", period, number))
    )
    return (
        pl.when(pl.col("journal").is_not_null())
        .then(pl.col("journal"))
        .when(pl.col("number_text") == "")
        .then(pl.format("{} ?-{}", period, "start"))
        .otherwise(numbered)
    )


def _by_balance(lines: pl.DataFrame) -> pl.Series:
    """One voucher after another, each closed where its debits equal its credits."""
    keys: list[str] = []
    balance, count, current = 0, 0, ""
    for period, debit, credit in lines.select("period", "debit", "credit").rows():
        if balance == 0:
            count += 1
            current = f"{period or '?'} #{count}"
        keys.append(current)
        balance += debit - credit
    return pl.Series("voucher", keys, dtype=REPEATED)
