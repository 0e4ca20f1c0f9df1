"""What departs from this ledger's habits: mirrored accounts (N39), round sums (N31), slips (N38), parts (N40)."""

from __future__ import annotations

import polars as pl

from saas.checks.signals.digits import PECULIAR, figures, other_sums
from saas.checks.signals.entering import entering
from saas.checks.signals.evidence import evidence, rarity
from saas.ledgers.frame import Ledger

COMMON = 5  # so many vouchers make a pattern common
LARGE_FEN = 1_000_00
FORM = 10  # so many vouchers on the same accounts show what is usual there
LIMITS_FEN = (5_000_00, 10_000_00, 20_000_00, 50_000_00, 100_000_00)
JUST_UNDER = 0.9
PARTS = 4
SLIPS = 0.02  # how likely a slip is beside a chance agreement of digits
FEW = 20.0


def settled(ledger: Ledger) -> float:
    """How far this ledger is long enough for habits: 0 below 500 vouchers, where few make no habit, 1 from 2,000."""
    return min(1.0, max(0.0, (entering(ledger).height - 500) / 1500))


def mirrored(ledger: Ledger) -> pl.DataFrame:
    """The mirror image of a common pair of accounts, in a batch that has no other: a batch of them is a reversal."""
    events = entering(ledger).filter(pl.col("pattern") != pl.col("mirror"))
    counts = events.group_by("pattern").len("own")
    told = events.join(counts, on="pattern").join(
        counts.rename({"pattern": "mirror", "own": "mirrored"}), on="mirror", how="left"
    )
    turned = (pl.col("mirrored") >= COMMON) & (pl.col("mirrored") >= 3 * pl.col("own"))
    told = told.with_columns(turned=turned.fill_null(False))
    others = (pl.col("turned").sum().over("batch") - 1) / pl.col("batch_n")
    odd = told.with_columns(beside=others.clip(lower_bound=0.0)).filter(
        "turned", pl.col("refund").not_(), pl.col("reversal").not_(), pl.col("pair").is_null()
    )
    weight = ((pl.col("mirrored") / pl.col("own")).log() / 3).clip(0.0, 1.0)
    alone = rarity(pl.col("beside"), 0.25)
    return evidence(odd, "N39", 0.7 * weight * alone * settled(ledger))


def round_among_odd(ledger: Ledger) -> pl.DataFrame:
    """A large round sum on accounts whose other amounts are not round, in a ledger with few round sums."""
    events = entering(ledger).filter(pl.col("amount") >= LARGE_FEN, pl.col("month").is_not_null())
    is_round = pl.col("amount") % LARGE_FEN == 0
    told = events.with_columns(
        share=is_round.mean(),
        others=(is_round.sum().over("form") - 1) / (pl.len().over("form") - 1).clip(lower_bound=1),
        again=pl.len().over("form", "amount"),
        of_form=pl.len().over("form"),
        typical=pl.col("amount").median().over("form"),
    )
    large = ((pl.col("amount") / pl.col("typical")).log() / 3).clip(0.0, 1.0)
    very = pl.when(pl.col("amount") % (10 * LARGE_FEN) == 0).then(1.0).otherwise(0.8)
    odd = told.filter(is_round, pl.col("of_form") >= FORM)
    unlike = rarity(pl.col("others"), 0.3) * rarity(pl.col("share"), 0.2) / pl.col("again").cast(pl.Float64).sqrt()
    return evidence(odd, "N31", (0.45 + 0.25 * large) * very * unlike * settled(ledger))


def departures(ledger: Ledger) -> pl.DataFrame:
    """An amount these accounts never had that becomes one they often have when the slip is undone; and one far off."""
    events = entering(ledger).filter(pl.col("form_n") >= FORM, pl.col("amount") > 0)
    amounts = events.group_by("form", "amount").agg(pl.len().alias("times"), pl.col("month").n_unique().alias("months"))
    once = events.join(amounts.filter(pl.col("times") == 1).select("form", "amount"), on=["form", "amount"], how="semi")
    ln = pl.col("amount").log()
    spread = ((ln - ln.median()).abs().median() * 1.4826).clip(lower_bound=0.2)
    scale = events.group_by("form").agg(middle=ln.median(), spread=spread, kinds=pl.col("amount").n_unique())
    meant = other_sums(once.select("voucher", "form", "amount", "month"), "amount")
    known = amounts.rename({"amount": "meant", "times": "again", "months": "again_months"})
    here = events.select("form", "month", meant="amount").unique().with_columns(here=pl.lit(True))
    found = (
        meant.join(known, on=["form", "meant"])
        .join(here, on=["form", "month", "meant"], how="left")
        .join(scale, on="form")
        .with_columns(pl.col("here").fill_null(False))
    )
    digits = figures("meant")
    # the more amounts the accounts have, the likelier one of them looks like this by chance
    chance = pl.col("kinds") * pl.col("tries") / pl.lit(10.0) ** digits
    usual = 1 - 1 / pl.col("again_months")
    proof = usual / (1 + chance / SLIPS) * pl.when("here").then(0.4).otherwise(1.0)
    slips = evidence(found.filter(digits >= PECULIAR), "N38", proof)
    slips = slips.with_columns(strength=0.75 * pl.col("strength") * seldom(pl.col("strength") > 0.2))
    far = once.join(scale, on="form").with_columns(z=(ln - pl.col("middle")).abs() / pl.col("spread"))
    outlying = evidence(
        far.filter(pl.col("z") > 3), "N34", (0.08 * (pl.col("z") - 2.5)).clip(0.0, 0.4) * seldom(pl.col("z") > 3)
    )
    return pl.concat([slips, outlying]).with_columns(pl.col("strength") * settled(ledger))


def seldom(fires: pl.Expr) -> pl.Expr:
    """A signal that speaks often in one ledger says less each time (surprisal): 1 up to FEW vouchers, falling after."""
    return (FEW / fires.sum().cast(pl.Float64).clip(lower_bound=FEW)).sqrt()


def parts_under_limit(ledger: Ledger) -> pl.DataFrame:
    """Two to four vouchers of one batch on the same accounts, each just under the same round limit."""
    events = entering(ledger)
    amount = pl.col("amount")
    near = pl.concat(
        [
            events.filter(amount < limit, amount >= JUST_UNDER * limit).with_columns(limit=pl.lit(limit))
            for limit in LIMITS_FEN
        ]
    )
    near = near.with_columns(
        n=pl.len().over("form", "batch", "limit"),
        of_words=pl.len().over("form", "batch", "limit", "text"),
        usual=pl.len().over("form") / pl.col("form_n"),
    )
    here = events.group_by("batch", "form").len("here")
    told = near.filter(pl.col("n").is_between(2, PARTS)).join(here, on=["batch", "form"])
    # what the batch would have under a limit by chance is no surplus
    surplus = (1 - pl.col("usual") * pl.col("here") / pl.col("n")).clip(0.0, 1.0)
    same_words = pl.when(pl.col("of_words") > 1).then(1.0).otherwise(0.4)
    return evidence(told, "N40", 0.55 * surplus**2 * same_words * settled(ledger))
