"""Red type: on paper and in many programs a red figure is a negative one."""

from __future__ import annotations

import polars as pl

from saas.kernel.i18n import Text, _

MOST = 0.5  # a file with more red figures than this uses the colour for something else
WORDS = "红|冲|注销|退|负|作废"


def apply(lines: pl.DataFrame) -> tuple[pl.DataFrame, list[Text]]:
    """Negate positive figures in red type, when the file means red so: few of them, and no negative figure among them.

    Drops the columns red_debit and red_credit.
    """
    red = pl.col("red_debit") | pl.col("red_credit")
    marked = lines.filter(red & ((pl.col("debit") != 0) | (pl.col("credit") != 0)))
    plain = lines.drop("red_debit", "red_credit")
    if marked.is_empty():
        return plain, []
    written_negative = marked.filter((pl.col("debit") < 0) | (pl.col("credit") < 0)).height
    if written_negative or marked.height > MOST * lines.height:
        return plain, [_("Red type is not read as negative: the file uses it for other rows too.")]
    flipped = lines.with_columns(
        debit=pl.when("red_debit").then(-pl.col("debit")).otherwise("debit"),
        credit=pl.when("red_credit").then(-pl.col("credit")).otherwise("credit"),
    ).drop("red_debit", "red_credit")
    return flipped, [_("%(count)s amounts in red type are read as negative.", count=marked.height)]
