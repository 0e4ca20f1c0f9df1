"""The common form of a signal: which vouchers it speaks against, and how strongly. Signals score, they never accuse."""

from __future__ import annotations

import polars as pl

from saas.ledgers.frame import REPEATED

EVIDENCE = {"voucher": REPEATED, "signal": REPEATED, "strength": pl.Float64}  # strength is w·c, 0…1


def evidence(found: pl.DataFrame, signal: str | pl.Expr, strength: pl.Expr | float) -> pl.DataFrame:
    """One row per voucher, its strongest."""
    value = pl.lit(strength) if isinstance(strength, float) else strength
    name = pl.lit(signal) if isinstance(signal, str) else signal
    return (
        found.select("voucher", name.cast(REPEATED).alias("signal"), value.cast(pl.Float64).alias("strength"))
        .drop_nulls()
        .filter(pl.col("strength") > 0)
        .group_by("voucher", "signal")
        .agg(pl.col("strength").max())
        .select(*EVIDENCE)
    )


def rarity(share: pl.Expr, common: float) -> pl.Expr:
    """1 for what hardly ever happens in this ledger, falling to 0 where its share reaches `common` (surprisal)."""
    floor = share.clip(1e-6, 1.0).log()
    return ((pl.lit(common).log() - floor) / (pl.lit(common).log() - pl.lit(0.001).log())).clip(0.0, 1.0)
