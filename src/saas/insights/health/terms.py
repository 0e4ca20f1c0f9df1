"""From what is counted of a client to a score: pure functions, so that everybody can reckon them again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from saas.insights.measures.renewals import GRACE
from saas.kernel.i18n import Text, _

FULL = 100


@dataclass(frozen=True, slots=True)
class Rules:
    """The numbers of HealthRules; these are the starter's."""

    cases: int = 30
    answers: int = 30
    refunds: int = 20
    response: int = 20
    per_case: int = 10
    per_late: int = 20
    per_complaint: int = 25
    per_refund: int = 50
    well_from: int = 75
    risk_below: int = 50
    renewal_days: int = 60


NAMES = tuple(field.name for field in fields(Rules))
WEIGHTS = NAMES[:4]
STARTER = Rules()


@dataclass(frozen=True, slots=True)
class Counts:
    """What happened with one client in the last year. `stars` is the sum of the answers' means in thousandths."""

    cases: int = 0  # confirmed
    late: int = 0  # open now, past their due time
    complaints: int = 0
    answers: int = 0
    stars: int = 0
    refunds: int = 0
    asked: int = 0  # letters and surveys that wanted an answer
    answered: int = 0  # of these, in time

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Counts)))

    @property
    def anything(self) -> bool:
        return any(getattr(self, field.name) for field in fields(Counts))


@dataclass(frozen=True, slots=True)
class Term:
    """One of the four: its points, None where there is nothing to judge by; why it is so many."""

    name: str
    label: Text
    weight: int
    points: int | None
    why: Text


@dataclass(frozen=True, slots=True)
class Health:
    """`score` is None where nothing has happened that says anything about a client."""

    score: int | None
    terms: tuple[Term, ...]
    band: str  # well, watch, risk, unknown


BANDS: dict[str, Text] = {
    "risk": _("At risk"),
    "watch": _("To be watched"),
    "well": _("Well"),
    "unknown": _("Nothing known yet"),
}
TONES = {
    "risk": ("red", "alert-triangle"),
    "watch": ("amber", "eye"),
    "well": ("green", "check"),
    "unknown": ("", "circle"),
}
RENEWALS: dict[str, Text] = {
    "due": _("Renewal due"),
    "grace": _("Ended, in its days of grace"),
    "lapsed": _("Not renewed"),
    "running": _("Contract runs"),
    "none": _("No contract"),
}
FLAGGED = ("due", "grace", "lapsed")


def judged(counts: Counts, rules: Rules) -> Health:
    """The weighted mean of the terms that have points, rounded half up."""
    found = (_cases(counts, rules), _answers(counts, rules), _refunds(counts, rules), _response(counts, rules))
    score = _mean([(term.points, term.weight) for term in found]) if counts.anything else None
    return Health(score, found, band_of(score, rules))


def band_of(score: int | None, rules: Rules) -> str:
    if score is None:
        return "unknown"
    return "well" if score >= rules.well_from else "risk" if score < rules.risk_below else "watch"


def renewal(ends: Iterable[date], today: date, rules: Rules) -> str:
    """Of the ends of a client's contracts that were not cancelled: how the last one stands."""
    last = max(ends, default=None)
    if last is None:
        return "none"
    if last > today + timedelta(days=rules.renewal_days):
        return "running"
    if last >= today:
        return "due"
    return "grace" if last + timedelta(days=GRACE) >= today else "lapsed"


def _mean(points: Iterable[tuple[int | None, int]]) -> int | None:
    counted = [(value, weight) for value, weight in points if value is not None]
    weight = sum(weight for _value, weight in counted)
    return _whole(Decimal(sum(value * weight for value, weight in counted)) / weight) if weight else None


def _whole(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def _cases(counts: Counts, rules: Rules) -> Term:
    points = max(0, FULL - rules.per_case * counts.cases - rules.per_late * counts.late)
    why = _("%(cases)s confirmed cases in a year, %(late)s past due now", cases=counts.cases, late=counts.late)
    return Term("cases", _("Cases"), rules.cases, points, why)


def _answers(counts: Counts, rules: Rules) -> Term:
    """1 to 5 becomes 0 to 100; complaints take points, also where nobody answered a survey."""
    label, taken = _("What clients answer"), rules.per_complaint * counts.complaints
    if not counts.answers:
        points = max(0, FULL - taken) if counts.complaints else None
        return Term("answers", label, rules.answers, points, _("no answer yet, %(n)s complaints", n=counts.complaints))
    mean = Decimal(counts.stars) / (1000 * counts.answers)
    why = _("%(mean)s of 5 (n = %(n)s), %(complaints)s complaints", mean=f"{mean:.1f}", n=counts.answers,
            complaints=counts.complaints)  # fmt: skip
    return Term("answers", label, rules.answers, max(0, _whole((mean - 1) * 25) - taken), why)


def _refunds(counts: Counts, rules: Rules) -> Term:
    points = max(0, FULL - rules.per_refund * counts.refunds)
    return Term("refunds", _("Refunds"), rules.refunds, points, _("%(n)s asked for in a year", n=counts.refunds))


def _response(counts: Counts, rules: Rules) -> Term:
    points = _whole(Decimal(FULL * counts.answered) / counts.asked) if counts.asked else None
    why = _("%(hits)s of %(n)s letters and surveys answered in time", hits=counts.answered, n=counts.asked)
    return Term("response", _("Response"), rules.response, points, why)
