"""How sure a finding is: S = 100·(1−Π(1−wᵢ·cᵢ)), with weights that fall when a rule fires often in one ledger."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from saas.checks.finding import Finding, Rule
from saas.kernel.i18n import Text

EXPECTED_ENTRY = 0.15  # a finding that states the entry it expects is worth more than one that only points
LEAST = 0.3  # however often a rule fires, this share of its weight stays


@dataclass(frozen=True, slots=True)
class Term:
    """One factor of a score: what speaks, how much it weighs (0…1) and how sure it is (0…1)."""

    name: str
    weight: float
    confidence: float
    why: Text | None = None  # in one sentence, where the name of the rule does not say it

    @property
    def told(self) -> float:
        """What it adds, 0…1."""
        return min(1.0, max(0.0, self.weight * self.confidence))

    def store(self) -> dict[str, Any]:
        return {"name": self.name, "weight": round(self.weight, 3), "confidence": round(self.confidence, 3)}


def combine(terms: Iterable[Term]) -> float:
    """S in 0…100, one decimal."""
    doubt = math.prod(1 - term.told for term in terms)
    return round(100 * (1 - doubt), 1)


def surprisal(fired: int, vouchers: int) -> float:
    """1 for a rule that fires once, falling to LEAST for one that fires on every voucher: log(N/n) ÷ log N."""
    if fired <= 1 or vouchers <= 1:
        return 1.0
    return max(LEAST, math.log((vouchers + 1) / fired) / math.log(vouchers + 1))


def scored(findings: list[Finding], rules: dict[str, Rule], vouchers: int) -> list[Finding]:
    """The findings with score and terms, highest first; ties by rule, period and object."""
    fired = Counter(f.rule for f in findings if f.severity != "info")
    done = []
    for finding in findings:
        weight = rules[finding.rule].weight * surprisal(fired[finding.rule], vouchers)
        terms = [Term(finding.rule, weight, finding.confidence)]
        if finding.compared.get("expected"):
            terms.append(Term("expected_entry", EXPECTED_ENTRY, finding.confidence))
        done.append(replace(finding, score=combine(terms), terms=[t.store() for t in terms]))
    return sorted(done, key=lambda f: (-f.score, f.rule, f.period or "", f.object))
