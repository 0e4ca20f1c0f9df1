"""How a ledger numbers its vouchers: per word or across words, restarting each month, each year or never."""

from __future__ import annotations

import polars as pl

from saas.checks.once import per_ledger
from saas.ledgers.frame import REPEATED, Ledger
from saas.ledgers.texts import of_each

NEAR = 5  # a restart may miss its first few numbers
LEAST_PREFIXED = 100_000  # no shorter number begins with a year or month and goes on for two digits


@per_ledger
def sequences(ledger: Ledger) -> pl.DataFrame:
    """One row per numbered voucher, void ones included, sorted by sequence and number.

    Columns: voucher, period, date, word, number, source, first_row, scope (the part of the books in which a number may
    occur once: "2026-03", "2026" or ""), series (the word, or "" when all words share one sequence).
    """
    found = _stripped(
        ledger.lines.filter(pl.col("voucher").is_not_null(), pl.col("number").is_not_null())
        .group_by("voucher", maintain_order=True)
        .agg(
            *(pl.col(c).first() for c in ("period", "word", "number", "number_text")),
            pl.col("source").drop_nulls().first(),
            pl.col("date").min(),
            pl.col("row").min().alias("first_row"),
        )
        .with_columns(pl.col("period").fill_null(""), word=_word().cast(REPEATED))
    )
    found = found.with_columns(scope=_scope(found).cast(REPEATED)).with_columns(series=pl.col("word"))
    if _words_share_numbers(found):
        found = found.with_columns(series=pl.lit("", REPEATED))
    return found.sort("scope", "series", "number", "first_row").drop("number_text")


def _word() -> pl.Expr:
    """The voucher's word, or the letters before its number (AP-1001), each of which counts by itself."""
    letters = of_each("number_text", lambda text: text.str.extract(r"^([A-Za-z]{1,6})[-_ ]?\d", 1), REPEATED)
    return pl.when(pl.col("word").fill_null("") == "").then(letters.fill_null("")).otherwise("word")


def _stripped(found: pl.DataFrame) -> pl.DataFrame:
    """Numbers like 202603-0012 or 2603012, which begin with their period, without that part."""
    if found.height and found.select((pl.col("number") >= LEAST_PREFIXED).mean()).item() <= 0.95:
        return found
    month, digits = pl.col("period").cast(pl.String).str.replace("-", ""), pl.col("number").cast(pl.String)
    for prefix in (month, month.str.slice(2), month.str.slice(0, 4)):
        begins = digits.str.starts_with(prefix) & (digits.str.len_chars() > prefix.str.len_chars() + 1) & (prefix != "")
        if found.height and found.select(begins.mean()).item() > 0.95:
            rest = digits.str.slice(prefix.str.len_chars()).cast(pl.Int64)
            return found.with_columns(number=pl.when(begins).then(rest).otherwise("number"))
    return found


def _scope(found: pl.DataFrame) -> pl.Expr:
    """A month restarts when its lowest number lies beside the sequence's first again; most months decide."""
    months = (
        found.filter(pl.col("period") != "")
        .group_by("word", "period")
        .agg(low=pl.col("number").min(), high=pl.col("number").max())
        .sort("word", "period")
        .with_columns(
            again=(pl.col("low") <= pl.col("low").min().over("word") + NEAR)
            & (pl.col("low") <= pl.col("high").shift(1).over("word")),
            same_year=pl.col("period").cat.slice(0, 4) == pl.col("period").cat.slice(0, 4).shift(1).over("word"),
        )
    )
    inside = months.filter(pl.col("same_year"))["again"].mean()
    across = months.filter(pl.col("same_year").not_())["again"].mean()
    alone = inside is None and across is None and months.height and months["low"].max() <= NEAR  # type: ignore[operator]
    if alone or (inside or 0.0) >= 0.5:  # type: ignore[operator]
        return pl.col("period")
    if inside is None and across is not None:
        return pl.col("period")  # one month of each year
    return pl.col("period").cat.slice(0, 4) if (across or 0.0) >= 0.5 else pl.lit("")  # type: ignore[operator]


def _words_share_numbers(found: pl.DataFrame) -> bool:
    """收, 付 and 转 may count through one sequence: then each alone is full of holes and together they have few."""
    if found["word"].n_unique() < 2:
        return False
    alone = _holes(found, "scope", "word")
    together = _holes(found, "scope")
    repeated = found.height - found.select("scope", "number").n_unique()
    return alone > 0.2 * found.height and together < 0.2 * alone and repeated < 0.05 * found.height


def _holes(found: pl.DataFrame, *keys: str) -> int:
    spans = found.group_by(*keys).agg(
        missing=pl.col("number").max() - pl.col("number").min() + 1 - pl.col("number").n_unique()
    )
    return int(spans["missing"].sum())
