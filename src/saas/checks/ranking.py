"""The vouchers of a ledger by suspicion: the findings that name them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from saas.checks.digest import digest
from saas.checks.finding import Finding
from saas.checks.score import Term, combine
from saas.ledgers.frame import Ledger


@dataclass(frozen=True, slots=True)
class Ranked:
    """One voucher with a score: S in 0…100 and what speaks for it."""

    voucher: str
    rows: list[int]
    score: float
    terms: list[Term]


def rank(ledger: Ledger, findings: list[Finding]) -> list[Ranked]:
    """Vouchers with a score above zero, highest first."""
    terms: dict[str, list[Term]] = defaultdict(list)
    for finding in findings:
        for voucher in finding.vouchers:
            terms[voucher].append(Term(finding.rule, 0.5, finding.confidence))
    rows = dict(digest(ledger).vouchers.select("voucher", "rows").iter_rows())
    ranked = [Ranked(v, rows.get(v, []), combine(t), t) for v, t in terms.items()]
    return sorted(ranked, key=lambda r: (-r.score, r.voucher))
