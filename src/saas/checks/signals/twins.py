"""N25 in ledgers that repeat entries by design: the twin that stands alone where others come in blocks."""

from __future__ import annotations

import polars as pl

from saas.checks.digest import digest
from saas.checks.signals.digits import PECULIAR, figures
from saas.checks.signals.entering import entering
from saas.checks.signals.evidence import evidence
from saas.checks.signals.habits import settled
from saas.ledgers.frame import Ledger

DAYS = 7
WINDOW = 12  # vouchers between which a repeated batch keeps its distance
FEW = 60  # beyond so many pairs each says less
ORIGINAL = 0.12  # of two copies, the earlier is probably the right one


def lone_twins(ledger: Ledger) -> pl.DataFrame:
    """The same lines twice within a week, more often than any other month has them, and not as part of a batch.

    When a batch is entered twice, its neighbours are twins too, at the same distance in the file.
    """
    lines = digest(ledger).lines.select("voucher", pl.struct("account", "aux", "side", "fen").hash().alias("line"))
    entry = lines.group_by("voucher").agg(pl.col("line").sum().alias("entry"))
    events = entering(ledger).filter(pl.col("pair").is_null(), pl.col("amount") > 0).join(entry, on="voucher")
    events = events.filter(pl.len().over("entry") > 1).sort("entry", "month", "date", "place")
    monthly = events.group_by("entry", "month").len("c").group_by("entry")
    rhythm = monthly.agg(pl.col("c").sort(descending=True).get(1, null_on_oob=True).fill_null(0).alias("second"))
    columns = ("voucher", "month", "date", "place")
    pairs = events.join(rhythm, on="entry").with_columns(
        c=pl.len().over("entry", "month"), **{f"a_{c}": pl.col(c).shift(1).over("entry") for c in columns}
    )
    apart = (pl.col("date") - pl.col("a_date")).dt.total_days().fill_null(0)
    pairs = pairs.filter(
        pl.col("a_voucher").is_not_null(), apart.abs() <= DAYS, pl.col("month") - pl.col("a_month") <= 1
    )
    pairs = pairs.filter(pl.col("c") > pl.col("second")).with_columns(lag=pl.col("place") - pl.col("a_place"))
    beside = (
        ((pl.col("place") - pl.col("place").shift(by)).abs() <= WINDOW).over("lag").fill_null(False).cast(pl.Int32)
        for by in (-2, -1, 1, 2)
    )
    pairs = pairs.sort("lag", "place").with_columns(block=pl.sum_horizontal(*beside))
    size = pl.when(figures("amount") >= PECULIAR).then(1.0).otherwise(0.5)
    alone = 1 / (1 + pl.col("block")) ** 2 / (pl.col("c") - 1).clip(lower_bound=1)
    crowd = min(1.0, (FEW / max(pairs.height, 1)) ** 0.3)
    strength = 0.7 * settled(ledger) * size * alone * crowd
    copies = evidence(pairs, "N25", strength)
    originals = evidence(pairs.with_columns(voucher="a_voucher"), "N25", ORIGINAL * strength)
    return evidence(pl.concat([copies, originals]), "N25", pl.col("strength"))
