"""The vouchers of a ledger by suspicion: what the rules found, and softer journal-entry tests that only order the rest.

S = 100·(1−Π(1−w·c)). A finding counts fully for the voucher it accuses, less for the others it names; a soft signal
that a finding has already used is not counted again. Each term says why it speaks against the voucher.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import partial

import polars as pl

from saas.checks.catalogue import BY_ID
from saas.checks.digest import digest
from saas.checks.finding import Finding
from saas.checks.score import Term, combine
from saas.checks.side_by_side import answers
from saas.checks.signals.catalogue import SIGNALS
from saas.checks.signals.runs import kept
from saas.ledgers.frame import Ledger

OF_SUMS = ("N25", "N31", "N34", "N38", "N40")  # what speaks of a sum says little where a run confirms it
CONFIRMED = 0.2
ORIGINAL = 0.75  # of two copies, the earlier is probably the right one
CROWD = 6  # a finding that names more vouchers than this says less about each

OF_ACCOUNTS = ("N06", "N07", "N21", "N22")  # about a balance: the vouchers named are only where it shows
BALANCE = 0.3


@dataclass(frozen=True, slots=True)
class Ranked:
    """One voucher with a score: S in 0…100 and what speaks for it."""

    voucher: str
    rows: list[int]
    score: float
    terms: list[Term]


def rank(ledger: Ledger, findings: list[Finding]) -> list[Ranked]:
    """Vouchers with a score above zero, highest first. `findings` carry their scores (score.scored)."""
    terms: dict[str, list[Term]] = defaultdict(list)
    for finding in findings:
        share = min(1.0, CROWD / max(len(finding.vouchers), 1)) * (BALANCE if finding.rule in OF_ACCOUNTS else 1.0)
        for place, voucher in enumerate(finding.vouchers):
            original = ORIGINAL if finding.rule == "N25" and place == 0 else 1.0
            terms[voucher].append(Term(finding.rule, finding.score / 100, share * original, BY_ID[finding.rule].name))
    for voucher, signal, strength, which in soft_evidence(ledger).iter_rows():
        if all(term.name != signal for term in terms[voucher]):
            terms[voucher].append(Term(signal, strength, 1.0, SIGNALS[which].why))
    scores = {voucher: score for voucher, own in terms.items() if (score := combine(own)) > 0}
    told = digest(ledger).vouchers.select("voucher", "rows").filter(pl.col("voucher").is_in(list(scores)))
    rows = dict(told.iter_rows())
    ranked = [Ranked(voucher, rows.get(voucher, []), score, terms[voucher]) for voucher, score in scores.items()]
    return sorted(ranked, key=lambda r: (-r.score, r.voucher))


def soft_evidence(ledger: Ledger) -> pl.DataFrame:
    """voucher, signal, strength (w·c) and which (of SIGNALS): of several signals with one name the strongest."""
    found = answers(ledger, [partial(signal.run, ledger) for signal in SIGNALS])
    every = pl.concat(each.with_columns(which=pl.lit(at, pl.Int8)) for at, each in enumerate(found))
    sure = every.join(kept(ledger).with_columns(kept=True), on="voucher", how="left", maintain_order="left")
    of_sums = pl.col("kept").fill_null(False) & pl.col("signal").is_in(OF_SUMS)
    every = sure.with_columns(pl.col("strength") * pl.when(of_sums).then(CONFIRMED).otherwise(1.0)).drop("kept")
    strongest = every.sort("strength", "which", descending=[True, False]).unique(["voucher", "signal"], keep="first")
    return strongest.sort("voucher", "signal")
