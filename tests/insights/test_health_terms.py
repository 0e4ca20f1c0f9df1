"""The score of a client's health, reckoned again by hand; no database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from saas.insights.health.terms import BANDS, RENEWALS, STARTER, TONES, WEIGHTS, Counts, Rules, judged, renewal

TODAY = date(2026, 11, 22)


def points(counts: Counts, rules: Rules = STARTER) -> dict[str, int | None]:
    return {term.name: term.points for term in judged(counts, rules).terms}


@pytest.mark.parametrize(
    ("counts", "expected", "score", "band"),
    [
        (Counts(), {"cases": 100, "answers": None, "refunds": 100, "response": None}, None, "unknown"),
        # three cases, one of them late: 50; 4.5 of 5: 88; no refund: 100; 3 of 4: 75 → 15 + 26.4 + 20 + 15
        (Counts(cases=3, late=1, answers=2, stars=9000, asked=4, answered=3),
         {"cases": 50, "answers": 88, "refunds": 100, "response": 75}, 76, "well"),
        # no answer, but a complaint: 75; a refund: 50; nobody was asked anything → (30·90 + 30·75 + 20·50) ÷ 80
        (Counts(cases=1, complaints=1, refunds=1),
         {"cases": 90, "answers": 75, "refunds": 50, "response": None}, 74, "watch"),
        # everything at its worst never goes below nothing
        (Counts(cases=20, late=9, complaints=9, answers=1, stars=1000, refunds=5, asked=3),
         {"cases": 0, "answers": 0, "refunds": 0, "response": 0}, 0, "risk"),
    ],
)  # fmt: skip
def test_each_term_has_its_points(
    counts: Counts, expected: dict[str, int | None], score: int | None, band: str
) -> None:
    found = judged(counts, STARTER)
    assert (points(counts), found.score, found.band) == (expected, score, band)


def test_the_firms_own_weights_and_bands_decide() -> None:
    counts = Counts(cases=2, asked=2, answered=1)
    own = Rules(cases=100, answers=0, refunds=0, response=0, per_case=30, well_from=41, risk_below=40)
    assert judged(counts, own).score == 40
    assert judged(counts, own).band == "watch"
    assert judged(counts, Rules(cases=0, answers=100, refunds=0, response=0)).score is None  # nothing of what counts
    assert sum(getattr(STARTER, name) for name in WEIGHTS) == 100
    assert set(BANDS) == set(TONES)


def test_counts_of_two_clients_add_up() -> None:
    assert Counts(1, 1, 1, 1, 4000, 1, 2, 1) + Counts(2, 0, 0, 1, 5000, 0, 1, 1) == Counts(3, 1, 1, 2, 9000, 1, 3, 2)


@pytest.mark.parametrize(
    ("days", "flag"), [(61, "running"), (60, "due"), (0, "due"), (-1, "grace"), (-30, "grace"), (-31, "lapsed")]
)
def test_the_renewal_flag(days: int, flag: str) -> None:
    last = TODAY + timedelta(days=days)
    assert renewal([last - timedelta(days=400), last], TODAY, STARTER) == flag
    assert renewal([], TODAY, STARTER) == "none"
    assert set(RENEWALS) >= {flag, "none"}
