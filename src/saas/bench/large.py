"""A ledger file of very many lines from a made year: the books of several branches, kept in one set of vouchers.

Each branch has the made year's vouchers under numbers of their own, with invoices of their own, and its amounts are
a whole multiple of the made ones: so every voucher balances, every month closes, and no branch copies another.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

FACTORS = (1, 3, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41)  # none is a slip of the decimal point of another
MONTH, NUMBER, AMOUNTS = ["会计年度", "会计期间"], "凭证号", ("原币金额", "借方", "贷方")  # columns of kingdee-k3


def branches(year: Path, count: int, path: Path) -> int:
    """Write the CSV of `count` branches from one made year in the layout kingdee-k3; how many lines it has."""
    if not 0 < count <= len(FACTORS):
        raise ValueError(f"1 to {len(FACTORS)} branches, not {count}")
    made = pl.read_csv(year, infer_schema=False).with_columns(pl.col(NUMBER).cast(pl.Int64))
    numbers = pl.col(NUMBER).max().over(MONTH)  # of one branch in a month
    parts = [
        made.with_columns(
            pl.col(NUMBER) + branch * numbers,
            *(_times(column, FACTORS[branch]) for column in AMOUNTS),
            pl.col("凭证摘要").str.replace(r"(发票号\d{16})\d{4}", f"${{1}}{branch:04d}"),
        )
        for branch in range(count)
    ]
    every = pl.concat(parts).sort(*MONTH, NUMBER, maintain_order=True)
    every.write_csv(path, include_bom=True)
    return every.height


def _times(column: str, factor: int) -> pl.Expr:
    """Amounts with two decimals, multiplied exactly."""
    fen = (pl.col(column).cast(pl.Float64) * 100).round().cast(pl.Int64) * factor
    sign = pl.when(fen < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    part = (fen.abs() % 100).cast(pl.String).str.zfill(2)
    return pl.concat_str(sign, (fen.abs() // 100).cast(pl.String), pl.lit("."), part).alias(column)
