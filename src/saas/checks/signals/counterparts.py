"""Entries whose sum nearly always stands on the other side of an account of theirs too: payments, reversals.

Where a kind of entry has that habit, one without such a counterpart carries another sum than its document, the more
surely when a slip of the pen leads to one that still waits for its own.
"""

from __future__ import annotations

import polars as pl

from saas.checks.digest import digest
from saas.checks.once import per_ledger
from saas.checks.signals.digits import PECULIAR, figures, other_sums
from saas.checks.signals.entering import entering
from saas.checks.signals.evidence import evidence, rarity
from saas.checks.signals.habits import seldom, settled
from saas.ledgers.frame import Ledger

LEAST = 20  # lines of a kind
HABIT = 0.1  # share of them that may lack a counterpart
SLIPS = 0.05  # how likely a slip is beside a chance agreement of digits
KIND = ("form", "account", "side")


def without_counterpart(ledger: Ledger) -> pl.DataFrame:
    """N38 where a slip leads to a sum that waits for its counterpart (both are named), N34 elsewhere."""
    if not settled(ledger):
        return evidence(entering(ledger).clear(), "N34", 0.0)
    waiting = _lines(ledger).filter(~pl.col("met"))
    alone = waiting.filter(pl.col("of_kind") >= LEAST, pl.col("lacking") < HABIT)
    odd = 0.4 * rarity(pl.col("lacking"), HABIT) * seldom(pl.col("lacking") < HABIT)
    found = pl.concat([evidence(alone, "N34", odd), *_slipped(alone, waiting)])
    return found.with_columns(pl.col("strength") * settled(ledger))


@per_ledger
def _lines(ledger: Ledger) -> pl.DataFrame:
    """Lines of a peculiar sum (round ones meet by chance): voucher, account, side, fen, form; of their kind (KIND),
    of_kind (how many), lacking (share that does not meet); met (the sum stands on the other side of the account too),
    far (|ln fen − the usual|).
    """
    forms = entering(ledger).select("voucher", pl.col("form").to_physical())
    lines = digest(ledger).lines.select("voucher", pl.col("account", "side").to_physical(), "fen")
    lines = lines.filter(pl.col("fen") > 0, figures("fen") > PECULIAR).join(forms, on="voucher")
    both = lines.group_by("account", "fen").agg(met=pl.col("side").n_unique() == 2)
    lines = lines.join(both, on=["account", "fen"])
    ln = pl.col("fen").log()
    return lines.with_columns(
        of_kind=pl.len().over(KIND),
        lacking=1 - pl.col("met").mean().over(KIND),
        far=(ln - ln.median().over(KIND)).abs(),
    )


def _slipped(alone: pl.DataFrame, waiting: pl.DataFrame) -> list[pl.DataFrame]:
    """A lonely line and one on the other side of its account, whose sum it becomes once a slip is undone."""
    waiting = waiting.with_columns(waiting=pl.len().over("account", "side"))
    others = waiting.select("account", "waiting", meant="fen", other="voucher", other_side="side", other_far="far")
    found = other_sums(alone.select("voucher", "account", "side", "fen", "far"), "fen").join(
        others, on=["account", "meant"]
    )
    found = found.filter(pl.col("side") != pl.col("other_side"))
    chance = pl.col("waiting") * pl.col("tries") / pl.lit(10.0) ** figures("meant")
    proof = 0.6 / (1 + chance / SLIPS)
    # of two that explain each other, the one farther from what its kind carries is the wrong one
    strange = (pl.col("far") - pl.col("other_far")).clip(-1, 1) / 4
    return [
        evidence(found, "N38", proof * (0.75 + strange)),
        evidence(found.with_columns(voucher="other"), "N38", proof * (0.75 - strange)),
    ]
