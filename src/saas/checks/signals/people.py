"""N36 unusual preparer, N37 odd hours."""

from __future__ import annotations

import polars as pl

from saas.checks.digest import digest
from saas.checks.signals.evidence import evidence, rarity
from saas.ledgers.frame import Ledger

STRANGER = 0.02  # a preparer with less of the vouchers than this is a stranger
AT_HOME = 10  # a kind of entry so frequent has its usual hands
NIGHT = (6, 22)  # before and after are night
LATE_DAYS = 45


def unusual_preparer(ledger: Ledger) -> pl.DataFrame:
    """Somebody who enters next to nothing, or an entry of a kind that always comes from other hands."""
    vouchers = digest(ledger).vouchers.filter(pl.col("preparer") != "")
    if vouchers["preparer"].n_unique() < 2:
        return evidence(vouchers.clear(), "N36", 0.0)
    share = pl.len().over("preparer") / pl.len()
    months = pl.col("month").n_unique().over("preparer")
    known = vouchers.with_columns(
        share=share,
        months=months,
        kind_n=pl.len().over("form"),
        kind_own=pl.len().over("form", "preparer"),
    )
    # who covers for an absence enters many vouchers in few days; a stranger enters one or two
    strangers = known.filter(pl.col("share") < STRANGER, pl.len().over("preparer") <= 5)
    outsiders = known.filter(
        pl.col("kind_n") >= AT_HOME, pl.col("kind_own") == 1, pl.col("share") < 0.2, pl.col("share") >= STRANGER
    )
    return pl.concat(
        [
            evidence(strangers, "N36", 0.25 + 0.45 * rarity(pl.col("share"), STRANGER)),
            evidence(outsiders, "N36", 0.1),
        ]
    )


def odd_hours(ledger: Ledger) -> pl.DataFrame:
    """Entered at night or on a Sunday where the ledger hardly ever is, or long after the voucher's date."""
    times = (
        ledger.lines.filter(pl.col("voucher").is_not_null())
        .group_by("voucher")
        .agg(pl.col("entered_date", "entered_time", "date").drop_nulls().first())
    )
    hour = pl.col("entered_time").str.slice(0, 2).cast(pl.Int32, strict=False)
    night = ((hour < NIGHT[0]) | (hour >= NIGHT[1])).fill_null(False)
    sunday = (pl.col("entered_date").dt.weekday() == 7).fill_null(False)
    lag = (pl.col("entered_date") - pl.col("date")).dt.total_days()
    known = times.filter(pl.col("entered_date").is_not_null() | pl.col("entered_time").is_not_null()).with_columns(
        night=night, sunday=sunday, lag=lag
    )
    known = known.with_columns(late=(pl.col("lag") > pl.col("lag").median() + LATE_DAYS).fill_null(False))
    nights, sundays, lates = (rarity(pl.col(c).mean(), 0.05) for c in ("night", "sunday", "late"))
    strength = 1 - (1 - 0.55 * nights * pl.col("night")) * (1 - 0.3 * sundays * pl.col("sunday")) * (
        1 - 0.2 * lates * pl.col("late")
    )
    return evidence(known, "N37", strength)
