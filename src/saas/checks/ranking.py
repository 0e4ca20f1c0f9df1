"""The vouchers of a ledger by suspicion: what the rules found, and softer journal-entry tests that only order the rest.

S = 100·(1−Π(1−w·c)). A finding counts fully for the voucher it accuses, less for the others it names; a soft signal
that a finding has already used is not counted again.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import partial

import polars as pl

from saas.checks.digest import digest
from saas.checks.finding import Finding
from saas.checks.rules.red_entries import unexplained_red
from saas.checks.score import Term, combine
from saas.checks.side_by_side import answers
from saas.checks.signals.amounts import expensed_at_once, round_sums, series_breaks, unusual_purse
from saas.checks.signals.beside import beside_put_in
from saas.checks.signals.evidence import evidence
from saas.checks.signals.habits import departures, mirrored, parts_under_limit, round_among_odd
from saas.checks.signals.pairs import cash_to_income, rare_pair
from saas.checks.signals.people import odd_hours, out_of_order, unusual_preparer
from saas.checks.signals.timing import cut_off
from saas.checks.signals.twins import lone_twins
from saas.checks.signals.words import text_against_account
from saas.ledgers.frame import Ledger

SOFT = (
    series_breaks,
    unusual_purse,
    rare_pair,
    unusual_preparer,
    odd_hours,
    cut_off,
    text_against_account,
    cash_to_income,
    round_sums,
    expensed_at_once,
    out_of_order,
    lone_twins,
    mirrored,
    round_among_odd,
    departures,
    parts_under_limit,
    beside_put_in,
)
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
            terms[voucher].append(Term(finding.rule, finding.score / 100, share * original))
    for voucher, signal, strength in soft_evidence(ledger).iter_rows():
        if all(term.name != signal for term in terms[voucher]):
            terms[voucher].append(Term(signal, strength, 1.0))
    scores = {voucher: score for voucher, own in terms.items() if (score := combine(own)) > 0}
    told = digest(ledger).vouchers.select("voucher", "rows").filter(pl.col("voucher").is_in(list(scores)))
    rows = dict(told.iter_rows())
    ranked = [Ranked(voucher, rows.get(voucher, []), score, terms[voucher]) for voucher, score in scores.items()]
    return sorted(ranked, key=lambda r: (-r.score, r.voucher))


def soft_evidence(ledger: Ledger) -> pl.DataFrame:
    """voucher, signal, strength (w·c) of every soft signal; of several with one name the strongest."""
    red = evidence(unexplained_red(ledger), "N26", pl.lit(0.3))
    every = pl.concat([*answers(ledger, [partial(signal, ledger) for signal in SOFT]), red])
    return evidence(every, pl.col("signal"), pl.col("strength")).sort("voucher", "signal")
