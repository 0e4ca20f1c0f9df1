"""The amount columns of a table: debit and credit, or amount and side, or signed amounts."""

from __future__ import annotations

import polars as pl

from saas.kernel.i18n import Text
from saas.ledgers.frame import REPEATED
from saas.ledgers.reading import amounts
from saas.ledgers.reading.cells import parse, translate
from saas.ledgers.reading.marks import side
from saas.ledgers.reading.rows import AMOUNTS
from saas.ledgers.texts import answered

SIGNED = 0.9  # share of negative credits from which a minus only says "credit"


def read(raw: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, dict[str, Text]]]:
    """debit and credit in fen with their red flags, from two columns or from amount and side; and the refused texts."""
    problems: dict[str, dict[str, Text]] = {}
    parsed = {}
    for name in AMOUNTS:
        if name in raw.columns:
            column = parse(raw[name], amounts.fen, pl.Int64(), simple=amounts.simple())
            problems[name], parsed[name] = column.problems, column.values.fill_null(0)
    if {"debit", "credit"} <= set(parsed):
        parsed["credit"] = _unsigned_credits(parsed["credit"], parsed["debit"])
        flags = [raw["red_debit"], raw["red_credit"]]
        return pl.DataFrame([parsed["debit"].alias("debit"), parsed["credit"].alias("credit"), *flags]), problems
    amount = parsed["amount"]
    sides = _sides(raw, amount)
    is_debit, is_credit = sides == "D", sides == "C"
    columns = {"amount": amount, "d": is_debit, "c": is_credit, "red": raw["red_amount"]}
    frame = pl.DataFrame(columns).with_columns(
        debit=pl.when("d").then("amount").otherwise(0), credit=pl.when("c").then("amount").otherwise(0)
    )
    return frame.with_columns(_unsigned_credits(frame["credit"], frame["debit"]).alias("credit")).select(
        "debit",
        "credit",
        red_debit=pl.col("red") & pl.col("d"),
        red_credit=pl.col("red") & pl.col("c"),
    ), problems


def _sides(raw: pl.DataFrame, amount: pl.Series) -> pl.Series:
    """ "D" or "C" of each amount: its side column, a mark inside the amount ("100.00 Cr"), else its sign."""
    by_sign = pl.select(pl.when(amount < 0).then(pl.lit("C")).otherwise(pl.lit("D")).cast(REPEATED)).to_series()
    if "side" in raw.columns:
        return translate(raw["side"], lambda text: side(text) or None, REPEATED).fill_null(by_sign)
    marked = answered(raw["amount"], lambda text: text.str.to_lowercase().str.extract(r"(dr|cr|借|贷)"), REPEATED)
    if marked.is_not_null().any():
        return marked.replace({"dr": "D", "借": "D", "cr": "C", "贷": "C"}).fill_null(by_sign)
    return by_sign


def _unsigned_credits(credit: pl.Series, debit: pl.Series) -> pl.Series:
    """Where (nearly) every credit and no debit is written negative, the sign repeats the side; else it means red."""
    moved = credit.filter(credit != 0)
    if (
        moved.len()
        and (moved < 0).sum() > SIGNED * moved.len()
        and (debit > 0).sum() > SIGNED * int((debit != 0).sum())
    ):
        return -credit
    return credit
