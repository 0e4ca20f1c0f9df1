"""N36 unusual preparer, N37 odd hours, N04 entries out of the order of their numbers."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from saas.checks.once import per_ledger
from saas.checks.signals.entering import entering
from saas.checks.signals.evidence import evidence, rarity
from saas.ledgers.frame import Ledger

STRANGER = 0.02  # a preparer with less of the vouchers than this is a stranger
AT_HOME = 10  # a kind of entry so frequent has its usual hands
NIGHT = (6, 22)  # before and after are night
LATE_DAYS = 45
DELAY = timedelta(days=10)  # less is the office's own pace, where numbers do not follow the clock to the minute
ORDERED = 0.9  # share of neighbours in the order of their entry that makes numbers follow the clock


@per_ledger
def unusual_preparer(ledger: Ledger) -> pl.DataFrame:
    """Somebody who enters next to nothing, or an entry of a kind or source that always comes from other hands.

    A stranger who enters what nobody else does (the stock clerk's one adjustment) is less strange.
    """
    vouchers = entering(ledger).filter(pl.col("preparer") != "")
    if vouchers["preparer"].n_unique() < 2:
        return evidence(vouchers.clear(), "N36", 0.0)
    known = vouchers.with_columns(
        share=pl.len().over("preparer") / pl.len(),
        own_n=pl.len().over("preparer"),
        own=pl.len().over("form", "preparer"),
    )
    # who covers for an absence enters many vouchers in few days; a stranger enters one or two
    strangers = known.filter(pl.col("share") < STRANGER, pl.col("own_n") <= 5)
    among_others = pl.when(pl.col("own") / pl.col("form_n") <= 0.2).then(1.0).otherwise(0.3)
    outsiders = [_outsiders(known, kind) for kind in ("form", "source")]
    found = [evidence(strangers, "N36", (0.25 + 0.45 * rarity(pl.col("share"), STRANGER)) * among_others), *outsiders]
    return evidence(pl.concat(found), "N36", pl.col("strength"))


def _outsiders(known: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Entries of a frequent kind by somebody who hardly ever makes them."""
    told = known.filter(pl.col(kind).fill_null("") != "").with_columns(
        n=pl.len().over(kind), own_kind=pl.len().over(kind, "preparer")
    )
    odd = told.filter(pl.col("n") >= AT_HOME, pl.col("own_kind") <= 3, pl.col("own_kind") < 0.1 * pl.col("n"))
    share = pl.col("own_kind") / pl.col("n")
    several = pl.col("own_kind").cast(pl.Float64)
    return evidence(odd, "N36", (0.1 + 0.65 * rarity(share, 0.1)) / several.sqrt())


@per_ledger
def odd_hours(ledger: Ledger) -> pl.DataFrame:
    """Entered at night or on a Sunday where the ledger hardly ever is, or long after the voucher's date.

    A batch counts once, and who always works at night (a job of the program) is not odd.
    """
    times = entering(ledger).filter(pl.col("entered_date").is_not_null() | pl.col("entered_time").is_not_null())
    hour = pl.col("entered_time").cat.slice(0, 2).cast(pl.Int32, strict=False)
    known = times.with_columns(
        hour=hour,
        night=((hour < NIGHT[0]) | (hour >= NIGHT[1])).fill_null(False),
        sunday=(pl.col("entered_date").dt.weekday() == 7).fill_null(False),
        lag=(pl.col("entered_date") - pl.col("date")).dt.total_days(),
    )
    known = known.with_columns(late=(pl.col("lag") > pl.col("lag").median() + LATE_DAYS).fill_null(False))
    odd = pl.lit(0.0)
    for flag, weight, kind in (("night", 0.65, "hour"), ("sunday", 0.3, "sunday"), ("late", 0.2, "late")):
        odd = 1 - (1 - odd) * (1 - weight * _alone(kind) * pl.col(flag))
    return evidence(known, "N37", odd)


def _alone(kind: str) -> pl.Expr:
    """How rare this (the hour, the Sunday) is among batches, and in how few vouchers of this batch and preparer."""
    batches = pl.col("batch").n_unique().over(kind) / pl.len()
    together = pl.len().over("batch", kind).cast(pl.Float64)
    habit = (pl.len().over("preparer", kind) - 1) / pl.len().over("preparer")
    return rarity(batches, 0.05) / together.sqrt() * rarity(habit, 0.1)


def out_of_order(ledger: Ledger) -> pl.DataFrame:
    """Entered at another time than the numbers beside it, where numbers follow the clock: put in or changed later."""
    clock = pl.col("entered_date").cast(pl.Datetime) + pl.duration(
        hours=pl.col("entered_time").cat.slice(0, 2).cast(pl.Int32, strict=False),
        minutes=pl.col("entered_time").cat.slice(3, 2).cast(pl.Int32, strict=False),
        seconds=pl.col("entered_time").cat.slice(6, 2).cast(pl.Int32, strict=False),
    )
    found = (
        entering(ledger)
        .with_columns(clock=clock, range=pl.col("source").fill_null(""))
        .filter(pl.col("number").is_not_null(), pl.col("clock").is_not_null())
        .sort("range", "number")
    )
    # the median of five stands for the clock at that number: one odd entry does not make its neighbours odd
    passed = pl.col("clock").rolling_median(5, min_samples=1).shift(1).cum_max().over("range")
    found = found.with_columns(behind=passed - pl.col("clock"))
    for slack in (timedelta(0), _usual_delay(found)):
        told = _against(found, slack)
        share = float(told["odd"].mean() or 0.0)  # type: ignore[arg-type]
        if told.height >= AT_HOME and share <= 1 - ORDERED:
            odd = told.filter("odd").with_columns(share=pl.lit(share))
            return evidence(odd, "N04", 0.6 * rarity(pl.col("share"), 0.05))
    return evidence(found.clear(), "N04", 0.0)


def _usual_delay(found: pl.DataFrame) -> timedelta:
    """How far entries usually lag behind those numbered before them, where a number is given before it is entered."""
    late = found.filter(pl.col("behind") > timedelta(0))["behind"]
    usual = late.quantile(0.9) if late.len() else None
    return max(DELAY, 3 * usual) if isinstance(usual, timedelta) else DELAY


def _against(found: pl.DataFrame, slack: timedelta) -> pl.DataFrame:
    """`odd`: entered before those with lower numbers, or after those with higher ones, by more than `slack`."""
    early = found.with_columns(early=(pl.col("behind") > slack).fill_null(False))
    rest = early.filter(~pl.col("early"))
    then = pl.col("clock").reverse().rolling_median(5, min_samples=1).reverse().shift(-1).over("range")
    late = rest.filter((pl.col("clock") - then > slack).fill_null(False))["voucher"]
    return early.with_columns(odd=pl.col("early") | pl.col("voucher").is_in(late.to_list()))
