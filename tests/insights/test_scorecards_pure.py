"""Points, totals and the limits of the law: pure functions, held against numbers reckoned by hand."""

from __future__ import annotations

import tomllib
from decimal import Decimal

import pytest

from saas.insights.measures.catalogue import MEASURES
from saas.insights.scorecards.pay_limits import HELP, refusal
from saas.insights.scorecards.points import PARTS, part_points, points, total
from saas.insights.scorecards.reckoning import last_complete
from saas.insights.scorecards.weighing import FILE, starter
from saas.kernel import clock
from saas.kernel.money import Money

D = Decimal
WEIGHTS = {"quality": 40, "speed": 25, "satisfaction": 20, "learning": 15}


@pytest.mark.parametrize(
    ("measure", "value", "target", "expected"),
    [
        ("sla_hit", "0.95", "0.95", "100"),  # at the target
        ("sla_hit", "0.76", "0.95", "80"),  # four fifths of it
        ("sla_hit", "0.76", None, "76"),  # a share without a target counts as it is
        ("sla_hit", "0", "0", "100"),  # a target of nothing is always reached
        ("rework", "0.15", "0.15", "100"),
        ("rework", "0.30", "0.15", "50"),  # twice the target: half the points
        ("rework", "0.2", None, "80"),  # less is better
        ("complaint_rate", "0.01", "0", "0"),  # none was promised
        ("complaint_rate", "0", "0", "100"),
        ("first_response", "8", "4", "50"),
        ("first_response", "8", None, None),  # hours without a target say nothing
        ("sla_hit", None, "0.95", None),
    ],
)
def test_points_of_a_figure(measure: str, value: str | None, target: str | None, expected: str | None) -> None:
    found = points(MEASURES[measure], D(value) if value else None, D(target) if target else None)
    assert found == (D(expected) if expected else None)


def test_what_was_not_counted_gives_its_weight_to_the_others() -> None:
    assert part_points([D(90), None, D(80)]) == D(85)
    assert part_points([None]) is None
    whole = {"quality": D(90), "speed": D(80), "satisfaction": D(70), "learning": D(60)}
    assert total(whole, WEIGHTS) == D("79.0")  # 36 + 20 + 14 + 9
    assert total({**whole, "satisfaction": None}, WEIGHTS) == D("81.3")  # 65 ÷ 80
    assert total({"quality": None, "speed": D(80), "satisfaction": D(70), "learning": None}, WEIGHTS) is None
    assert total({"quality": D(50), "speed": None, "satisfaction": None, "learning": D(100)}, WEIGHTS) == D("63.6")
    assert total({"quality": D(50)}, {**WEIGHTS, "quality": 0}) is None


def test_every_part_reads_measures_that_know_a_person() -> None:
    assert all("member_id" in MEASURES[key].filters for part in PARTS.values() for key in part.measures)
    assert all(MEASURES[key].better for part in PARTS.values() for key in part.measures)
    assert not any(MEASURES[key].live for part in PARTS.values() for key in part.measures)


def test_a_penalty_takes_a_fifth_at_most_and_leaves_the_minimum_wage() -> None:
    """《工资支付暂行规定》第十六条."""
    yuan = [Money(n * 100) for n in (0, 1000, 1001, 5000, 2490, 3000)]
    nothing, thousand, more, wage, minimum, low = yuan
    assert refusal(thousand, nothing, wage, minimum) is None
    assert "1,000.00" in refusal(more, nothing, wage, minimum).to("zh")  # type: ignore[union-attr]
    assert refusal(Money(1), thousand, wage, minimum) is not None  # with what was approved already
    left = refusal(Money(600_00), nothing, low, minimum)
    assert left is not None
    assert "2,400.00" in left.to("zh")
    assert refusal(Money(510_00), nothing, low, minimum) is None  # exactly the minimum remains
    assert refusal(Money(1), nothing, nothing, minimum) is not None
    assert all(word in HELP.to("zh") for word in ("20%", "第十六条", "最低工资", "规章制度"))


def test_the_starter_is_whole_and_gives_no_penalty() -> None:
    assert set(starter().weights) == set(PARTS) | set()
    assert sum(starter().weights.values()) == 100
    assert {rule.kind for rule in starter().rules.values()} == {"bonus"}
    assert all(Money.of(rule.amount) <= Money.of(rule.most) for rule in starter().rules.values())
    assert all(rule.name["zh"] and rule.name["en"] and rule.part in ("", *PARTS) for rule in starter().rules.values())
    assert tomllib.loads(FILE.read_text("utf-8"))["weights"] == dict(starter().weights)


def test_the_period_that_ended_last() -> None:
    day = clock.today().replace(year=2026, month=1, day=5)
    assert [last_complete(every, day) for every in ("month", "quarter")] == ["2025-12", "2025-Q4"]
    assert last_complete("quarter", day.replace(month=11)) == "2026-Q3"
