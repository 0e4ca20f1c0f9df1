"""Figures before and after: pure functions over counts, each against numbers worked out elsewhere."""

from __future__ import annotations

from datetime import date, timedelta
from math import inf, isclose
from uuid import UUID

import pytest

from saas.improvement.causes.pareto import ranked
from saas.improvement.causes.recurrence import Closing, Opening, repeated
from saas.improvement.causes.training import effect
from saas.improvement.measuring import showing
from saas.improvement.measuring.chart import BOTTOM, TOP, curve, pareto
from saas.improvement.measuring.rates import Counts, Rate, Ratio, against, ratio, wilson
from saas.improvement.measuring.targets import KINDS, STEPS, choices, parsed, target_of
from saas.kernel import clock
from saas.kernel.i18n import reading
from saas.kernel.identifiers import uuid7

DAY = date(2026, 6, 1)


def rate(count: int, base: int) -> Rate:
    return Rate(count, base, DAY, DAY + timedelta(days=89))


@pytest.mark.parametrize(
    ("count", "base", "low", "high"),
    [(0, 10, 0.0, 0.2775), (1, 10, 0.0179, 0.4042), (15, 148, 0.0624, 0.1605), (10, 10, 0.7225, 1.0)],
)  # Newcombe 1998, method 3 (15 of 148), and R's binom::binom.wilson
def test_wilson_gives_the_published_intervals(count: int, base: int, low: float, high: float) -> None:
    found = wilson(count, base)
    assert isclose(found[0], low, abs_tol=5e-4)
    assert isclose(found[1], high, abs_tol=5e-4)


def test_nothing_counted_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert rate(0, 4).few
    assert not rate(0, 5).few
    assert ratio(rate(0, 10), rate(0, 10)) == Ratio(None, 0.0, inf)
    assert ratio(rate(1, 0), rate(1, 10)).value is None


def test_the_ratio_of_two_rates_holds_its_own_inverse() -> None:
    """Twice as often in one direction is half as often in the other, ends of the interval included."""
    one, other = ratio(rate(20, 1000), rate(10, 1000)), ratio(rate(10, 1000), rate(20, 1000))
    assert one.value == pytest.approx(2.0)
    assert one.low == pytest.approx(1 / other.high)
    assert one.high == pytest.approx(1 / other.low)
    assert one.low < 1 < one.high or one.low > 1
    assert ratio(rate(40, 1000), rate(10, 1000)).low > 1  # four times as often, fifty events: beyond doubt
    assert ratio(rate(3, 100), rate(0, 100)).value is None
    assert ratio(rate(3, 100), rate(0, 100)).high == inf


def test_what_is_left_takes_the_peers_change_away() -> None:
    """Half as many among those trained, but the same among peers: nothing is left; the doubt of both adds up."""
    halved = ratio(rate(30, 1000), rate(60, 1000))
    left = against(halved, halved)
    assert left.value == pytest.approx(1.0)
    assert left.low < halved.low / halved.value < 1  # type: ignore[operator]
    steady = Ratio(1.0, 1.0, 1.0)
    assert against(halved, steady).low == pytest.approx(halved.low)
    assert against(halved, steady).high == pytest.approx(halved.high)
    assert against(Ratio(None, 0.0, inf), halved) == Ratio(None, 0.0, inf)


def test_days_are_added_up_once_and_months_cover_them_all() -> None:
    counts = Counts({DAY: 2, DAY + timedelta(days=40): 1}, {DAY: 10, DAY + timedelta(days=40): 20})
    until = DAY + timedelta(days=60)
    assert counts.between(DAY, until).count == 3
    months = counts.by_month(DAY, until)
    assert [(m.since, m.until) for m in months] == [
        (DAY, date(2026, 6, 30)), (date(2026, 7, 1), date(2026, 7, 31))]  # fmt: skip
    assert [m.count for m in months] == [2, 1]
    assert Rate.restore(months[0].store()) == months[0]


def test_words_where_too_little_was_counted() -> None:
    with reading("en"):
        assert "too few" in str(showing.in_words(rate(1, 3), 100))
        assert showing.between(rate(1, 3), 100) == ""
        assert showing.in_words(rate(3, 1000), 1000) == "3.0"
        assert showing.in_words(rate(1, 8), 100) == "12.5 %"
        assert showing.verdict(rate(1, 3), rate(9, 10))[1] == ""
        assert showing.verdict(rate(10, 1000), rate(50, 1000))[1] == "green"
        assert showing.verdict(rate(50, 1000), rate(10, 1000))[1] == "red"
        assert showing.verdict(rate(11, 1000), rate(10, 1000))[1] == "amber"


def test_a_curve_leaves_months_with_too_little_out_and_never_joins_over_them() -> None:
    months = [Rate(n, base, date(2026, m, 1), date(2026, m, 28)) for m, (n, base) in
              enumerate([(5, 100), (1, 2), (10, 100), (0, 100)], 1)]  # fmt: skip
    drawn = curve(months, 100, date(2026, 3, 5))
    assert [point.label for point in drawn.points] == ["2026-01", "2026-03", "2026-04"]
    assert all(TOP <= point.high <= point.down <= point.low <= BOTTOM for point in drawn.points)
    assert drawn.points[2].down == BOTTOM
    assert drawn.points[1].down < drawn.points[0].down < BOTTOM
    assert drawn.mark is not None
    assert drawn.points[0].across < drawn.mark < drawn.points[2].across
    assert curve([], 100).points == []
    assert curve([Rate(1, 2, DAY, DAY)], 100).points == []


def test_pareto_ranks_and_adds_up_to_everything() -> None:
    lines = ranked({"AMT": 6, "DATE": 3, "TAX": 1})
    assert [(line.code, line.count, round(line.cumulative)) for line in lines] == [
        ("AMT", 6, 60), ("DATE", 3, 90), ("TAX", 1, 100)]  # fmt: skip
    assert [line.vital for line in lines] == [True, True, False]
    bars, joined = pareto([6, 3, 1])
    assert bars[0].down == TOP
    assert bars[-1].cumulative == TOP
    assert len(joined) == 2
    assert pareto([]) == ([], [])


def test_the_same_again_within_ninety_days_is_a_recurrence() -> None:
    client, other = uuid7(), uuid7()
    closed = clock.now() - timedelta(days=200)

    def closing(**changes: object) -> Closing:
        return Closing(**{"case_id": uuid7(), "client_id": client, "rule": "N41", "object": "记-1", "closed_at": closed,
                          "reopened_at": None, **changes})  # type: ignore[arg-type]  # fmt: skip

    def opening(days: int, rule: str = "N41", whose: UUID = client, what: str = "记-9") -> Opening:
        return Opening(uuid7(), whose, rule, what, closed + timedelta(days=days))

    one = closing()
    assert repeated([one], []) == [False]
    assert repeated([one], [opening(90)]) == [True]
    assert repeated([one], [opening(91), opening(30, rule="N02"), opening(30, whose=other), opening(-1)]) == [False]
    assert repeated([one], [Opening(one.case_id, client, "N41", "", closed + timedelta(days=3))]) == [False]  # itself
    assert repeated([closing(reopened_at=closed + timedelta(days=10))], []) == [True]
    assert repeated([closing(reopened_at=closed + timedelta(days=100))], []) == [False]
    assert repeated([one], [opening(30)], by_object=True) == [False]
    assert repeated([one], [opening(30, what="记-1")], by_object=True) == [True]


def test_training_is_compared_with_untrained_peers_in_the_same_days() -> None:
    ann, bob = uuid7(), uuid7()
    passed, today = date(2026, 3, 1), date(2026, 8, 1)

    def days(first: int, then: int) -> dict[date, int]:
        return {passed - timedelta(days=9): first, passed + timedelta(days=9): then}

    hits, base = {ann: days(20, 5), bob: days(10, 10)}, {ann: days(1000, 1000), bob: days(500, 500)}
    found = effect({ann: passed}, hits, base, today)
    assert found is not None
    assert (found.before.count, found.after.count, found.peers_before.count, found.peers_after.count) == (20, 5, 10, 10)
    assert found.own.value == pytest.approx(0.25)
    assert found.peers.value == pytest.approx(1.0)
    assert found.net.value == pytest.approx(0.25)
    assert found.has_peers
    assert not found.few
    assert effect({ann: today - timedelta(days=89)}, hits, base, today) is None  # its ninety days are not over
    trained_too = effect({ann: passed, bob: passed + timedelta(days=5)}, hits, base, today)
    assert trained_too is not None
    assert not trained_too.has_peers


def test_every_target_that_is_offered_can_be_chosen_and_named() -> None:
    with reading("en"):
        offered = choices([1, 2])
        assert {value.partition(":")[0] for value, _words in offered} == set(KINDS)
        assert all(parsed(value) is not None and words for value, words in offered)
        assert all(str(parsed(value).formula) for value, _words in offered)  # type: ignore[union-attr]
    for nonsense in ("rule:N999", "policy:0", "policy:x", "kpi:", "step:case.closed", "", "x"):
        assert parsed(nonsense) is None
    assert target_of("step", "case.in_review") is not None
    assert not any(name.endswith((".closed", ".archived")) for name in STEPS)
