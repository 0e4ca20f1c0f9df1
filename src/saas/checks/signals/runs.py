"""Runs: entries made in the same order month after month, each a steady share of the one before (fixed keys, rents).

Where such a run comes again, the two entries before one and the two after it each say what it should amount to. Whoever
agrees with either stands in its place, however odd the sum looks by itself; whoever departs from both was changed, and
one that neither expects was put in.
"""

from __future__ import annotations

import polars as pl

from saas.checks.once import per_ledger
from saas.checks.signals.entering import entering
from saas.checks.signals.evidence import evidence
from saas.checks.signals.habits import settled
from saas.ledgers.frame import REPEATED, Ledger

STEP = 0.005  # how finely the proportion of two sums is told apart, as ln
SAME = 0.006  # proportions nearer than this are one
TIMES = 3  # so often a step has to follow the same step
AGREED = 0.66  # and in so large a share of its occurrences
AT_HOME = 0.8  # share of a kind of entry that stands in its place, so that even one without a place is odd
STRENGTH = {"changed": 0.7, "put_in": 0.5, "loose": 0.3, "": 0.12}


@per_ledger
def places(ledger: Ledger) -> pl.DataFrame:
    """voucher, state, share (of the vouchers on these accounts that stand in their place).

    state: "kept" in its place; "changed", both sides expect the same other sum; "put_in", they expect different others;
    "loose", only one side expects anything and another sum, or a copy stands beside it; "" where nothing is expected.
    """
    ordered = _steps(ledger)
    copied = (pl.col("step_before") == 0) | (pl.col("step_after") == 0)
    told = ordered.select("voucher", "run", "ln", copied=copied.fill_null(False))
    for name, side in (("before", _expected(ordered, "before")), ("after", _expected(ordered, "after"))):
        told = told.join(side.rename({"expected": name}), on="voucher", how="left")
    fits = [(pl.col("ln") - pl.col(side)).abs() < 2 * SAME for side in ("before", "after")]
    agree = (pl.col("before") - pl.col("after")).abs() < 4 * SAME
    torn = pl.any_horizontal((~fit).fill_null(False) for fit in fits)
    state = (
        pl.when(pl.all_horizontal(fit.is_null() for fit in fits)).then(pl.lit(""))
        .when(pl.any_horizontal(fits) & ~(pl.col("copied") & torn)).then(pl.lit("kept"))
        .when(pl.any_horizontal(fits)).then(pl.lit("loose"))
        .when(agree).then(pl.lit("changed"))
        .when(agree.is_not_null()).then(pl.lit("put_in"))
        .otherwise(pl.lit("loose"))
    )  # fmt: skip
    told = told.with_columns(state=state.cast(REPEATED))
    return told.select("voucher", "state", share=(pl.col("state") == "kept").mean().over("run"))


def _steps(ledger: Ledger) -> pl.DataFrame:
    """Events in the order of their numbers within their accounts and month: ln of the sum, and the steps around it.

    step_before leads here from the one before, context_before to that one; step_after and context_after likewise,
    counted backwards from the other side.
    """
    events = entering(ledger).filter(pl.col("amount") > 0)
    events = events.select("voucher", "month", "number", "place", run=pl.col("form").to_physical(),
                           ln=pl.col("amount").log()).sort("run", "month", "number", "place")  # fmt: skip
    ln, run, month = pl.col("ln"), pl.col("run"), pl.col("month")
    goes_on = (run == run.shift(1)) & (month == month.shift(1))
    events = events.with_columns(step_before=pl.when(goes_on).then(ln - ln.shift(1)))
    before = pl.col("step_before")
    events = events.with_columns(step_after=-before.shift(-1))
    return events.with_columns(
        context_before=pl.when(before.is_not_null()).then(before.shift(1)),
        context_after=pl.when(pl.col("step_after").is_not_null()).then(pl.col("step_after").shift(-1)),
    )


def _expected(ordered: pl.DataFrame, side: str) -> pl.DataFrame:
    """voucher, expected (ln): the neighbour on this side, and the step that usually follows the step to it."""
    step, context = pl.col(f"step_{side}"), pl.col(f"context_{side}")
    # equal sums follow each other in any order
    known = ordered.filter(context.abs() > SAME, step.is_not_null())
    known = known.with_columns(at=(context / STEP).round().cast(pl.Int32))
    usual = known.group_by("run", "at").agg(pl.len().alias("n"), step.median().alias("usual"))
    known = known.join(usual.filter(pl.col("n") > TIMES), on=["run", "at"])
    near = (step - pl.col("usual")).abs() < SAME
    known = known.with_columns(times=near.sum().over("run", "at"), agreed=near.mean().over("run", "at"))
    known = known.filter(pl.col("times") >= TIMES, pl.col("agreed") >= AGREED)
    return known.select("voucher", (pl.col("ln") - step + pl.col("usual")).alias("expected"))


def out_of_place(ledger: Ledger) -> pl.DataFrame:
    """N34: another sum than the run expects, or one put in; faintly, one without a place where most have theirs."""
    told = places(ledger).filter((pl.col("state") != "") | (pl.col("share") > AT_HOME))
    sure = pl.col("state").replace_strict(STRENGTH, default=0.0, return_dtype=pl.Float64)
    return evidence(told, "N34", sure * pl.col("share") * settled(ledger))


def kept(ledger: Ledger) -> pl.DataFrame:
    """The vouchers whose sum the run they stand in confirms."""
    return places(ledger).filter(pl.col("state") == "kept").select("voucher")
