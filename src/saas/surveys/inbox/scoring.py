"""Scores with n and response rate, by the quarter in which was asked. Pure: counts in, figures out.

Rates and means are hidden where fewer than FEWEST answered: they would show who said what.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from saas.surveys.questions import Question

FEWEST = 5


@dataclass(frozen=True, slots=True)
class Cohort:
    """What one questionnaire asked in one quarter: how many were sent and answered, and {name: {value: count}}."""

    asked: int = 0
    answered: int = 0
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def response(self) -> str:
        """Percent of those asked, "" where few were asked."""
        return percent(self.answered, self.asked) if self.asked >= FEWEST else ""


@dataclass(frozen=True, slots=True)
class Score:
    """One question in one cohort. `value` is "" while hidden."""

    n: int
    value: str
    parts: tuple[tuple[str, str], ...] = ()  # of a choice: (option, percent)


def score(question: Question, cohort: Cohort) -> Score:
    """Satisfied percent of 1–5, promoters minus detractors of 0–10, mean effort of 1–7, shares of a choice."""
    counts = cohort.counts.get(question.name, {})
    n = sum(counts.values())
    if n < FEWEST:
        return Score(n, "")
    if question.kind == "choice":
        named = dict(question.choices)
        ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
        parts = tuple((named.get(value, value), percent(count, n)) for value, count in ranked)
        return Score(n, parts[0][0], parts)
    return Score(n, _measured(question.kind, {int(value): count for value, count in counts.items()}, n))


def _measured(kind: str, counts: Mapping[int, int], n: int) -> str:
    if kind == "1-5":
        return percent(sum(count for value, count in counts.items() if value >= 4), n)
    if kind == "0-10":
        promoters = sum(count for value, count in counts.items() if value >= 9)
        detractors = sum(count for value, count in counts.items() if value <= 6)
        return f"{_rounded(100 * (promoters - detractors), n, '1'):+}"
    return str(_rounded(sum(value * count for value, count in counts.items()), n, "0.1"))


def percent(part: int, whole: int) -> str:
    return f"{_rounded(100 * part, whole, '1')} %" if whole else ""


def _rounded(part: int, whole: int, step: str) -> Decimal:
    return (Decimal(part) / whole).quantize(Decimal(step), ROUND_HALF_UP)
