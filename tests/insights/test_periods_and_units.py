"""Periods of one length and values in their units, without a database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from saas.insights.dashboards.periods import choices, key_of, period_of, short
from saas.insights.dashboards.readings import heights
from saas.insights.dashboards.units import number, said, typed
from saas.insights.measures.catalogue import MEASURES
from saas.insights.targets.reading import reached
from saas.kernel.i18n import reading

TODAY = date(2026, 11, 22)


def test_each_choice_names_a_period_of_six_spans_without_gaps() -> None:
    for key, _label in choices(TODAY):
        period = period_of(key, TODAY)
        assert period is not None, key
        assert len(period.spans) == 6
        for (_first, last), (following, _last) in zip(period.spans, period.spans[1:], strict=False):
            assert (following - last).days == 1, key


@pytest.mark.parametrize(
    ("key", "since", "until", "name"),
    [
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28), "2026-02"),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31), "2026 Q1"),
        ("2024", date(2024, 1, 1), date(2024, 12, 31), "2024"),
        ("90d", date(2026, 8, 25), TODAY, "至 2026-11-22"),
        ("2026-03-01..2026-03-15", date(2026, 3, 1), date(2026, 3, 15), "至 2026-03-15"),
    ],
)
def test_a_period_has_its_days(key: str, since: date, until: date, name: str) -> None:
    period = period_of(key, TODAY)
    assert period is not None
    assert (period.since, period.until, str(short(period.spans[-1]))) == (since, until, name)
    again = period_of(key_of(period.spans[-1]), TODAY)
    assert again is not None
    assert again.spans[-1] == period.spans[-1]


@pytest.mark.parametrize("key", ["", "x", "2026-00", "2026-Q5", "1999", "2026-1-1", "..", "2026-02-30..2026-03-01"])
def test_what_is_no_period_is_none(key: str) -> None:
    assert period_of(key, TODAY) is None


def test_values_are_shown_in_their_unit_and_typed_back() -> None:
    with reading("en"):
        assert said("share", Decimal("0.83333")) == "83.3 %"
        assert said("wh", Decimal(4)) == "4 working hours"
        assert number("fen", Decimal(-123456)) == "−1,234.56"
        assert number("count", Decimal(1200)) == "1,200"
        assert number("wd", None) == "—"
    assert typed("share", "95 %") == Decimal("0.95")
    assert typed("fen", "1,234.50") == 123450
    assert typed("wd", "0") == 0
    for unit, text in (("share", "101"), ("share", "-1"), ("wd", "Infinity"), ("wd", "NaN"), ("count", "viele")):
        with pytest.raises(ValueError, match=text):
            typed(unit, text)  # type: ignore[arg-type]


def test_the_tone_follows_target_and_direction() -> None:
    up = next(m for m in MEASURES.values() if m.better == "up")
    down = next(m for m in MEASURES.values() if m.better == "down")
    assert reached(up, Decimal("0.9"), Decimal("0.9")) is True
    assert reached(up, Decimal("0.89"), Decimal("0.9")) is False
    assert reached(down, Decimal(0), Decimal(0)) is True
    assert reached(down, Decimal("0.1"), Decimal(0)) is False
    assert reached(up, None, Decimal(0)) is None
    assert reached(up, Decimal(1), None) is None


def test_a_trend_leaves_out_what_has_no_value() -> None:
    assert heights([None, Decimal(2), None, Decimal(4), Decimal(3)]) == [0.0, 100.0, 50.0]
    assert heights([Decimal(2), Decimal(2)]) == [50.0, 50.0]
    assert heights([None, Decimal(1)]) == []
