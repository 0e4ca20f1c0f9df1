"""N40: what an entry that was put in later stands beside: a sum is split, or changed, out of an older entry.

Whoever splits an entry leaves the first part where it was and gives the others the next free numbers. Those run
against the clock (N04), the first part does not; it bears the same day, words, accounts and preparer, moments before,
and is alike in size.
"""

from __future__ import annotations

import polars as pl

from saas.checks.signals.entering import entering
from saas.checks.signals.evidence import evidence
from saas.checks.signals.habits import settled
from saas.checks.signals.people import out_of_order
from saas.ledgers.frame import Ledger

SECONDS = 180
ALIKE = 1.5  # the larger over the smaller amount
SAME = ("form", "batch", "date", "key")
FEW = 4.0  # so many candidates are looked at one by one


def beside_put_in(ledger: Ledger) -> pl.DataFrame:
    """The entries beside each one that was put in; the more of them there are, the less is said of any."""
    late = out_of_order(ledger)
    clock = [pl.col("entered_time").cat.slice(at, 2).cast(pl.Int64, strict=False) for at in (0, 3, 6)]
    timed = entering(ledger).with_columns(at=clock[0] * 3600 + clock[1] * 60 + clock[2]).drop_nulls(["at", "date"])
    put_in = timed.join(late.select("voucher", "strength"), on="voucher").select(*SAME, "at", "amount", "strength")
    others = timed.join(late, on="voucher", how="anti").select("voucher", *SAME, "at", "amount")
    ratio = pl.col("amount") / pl.col("amount_in")
    found = others.join(put_in, on=SAME, suffix="_in").filter(
        (pl.col("at_in") - pl.col("at")).is_between(0, SECONDS),
        pl.col("amount") != pl.col("amount_in"),
        ratio.is_between(1 / ALIKE, ALIKE),
    )
    candidates = pl.len().over(*SAME, "at_in", "amount_in").cast(pl.Float64)
    few = (FEW / candidates.clip(lower_bound=FEW)).sqrt()
    near = 1 - (pl.col("at_in") - pl.col("at")) / (2 * SECONDS)
    return evidence(found, "N40", 0.8 * pl.col("strength") * few * near * settled(ledger))
