"""Where the marks of a chart stand."""

from __future__ import annotations

import pytest

from saas.kernel.charts import LEAST, ceiling, columns, lengths


def test_columns_stand_on_nought_and_are_as_high_as_their_values() -> None:
    drawn = columns([10.0, 5.0, None, 0.0], width=400, top=0, bottom=100)
    assert drawn.base == 100
    assert [column.height for column in drawn.columns] == [100, 50, 0, LEAST]
    assert [column.known for column in drawn.columns] == [True, True, False, True]
    assert [column.middle for column in drawn.columns] == [50, 150, 250, 350]
    assert all(column.top + column.height == pytest.approx(100) for column in drawn.columns)


def test_negative_values_hang_from_the_line_and_a_target_is_always_inside() -> None:
    drawn = columns([-20.0, 30.0], width=200, top=0, bottom=100, target=80.0)
    assert (drawn.base, drawn.target) == (80, 0)
    below, above = drawn.columns
    assert (below.top, below.height) == (80, 20)
    assert above.top + above.height == 80
    nothing = columns([None, None], width=200, top=0, bottom=100, target=0.0)
    assert (nothing.base, nothing.target) == (100, 100)
    assert columns([], width=200, top=0, bottom=100).columns == []


def test_lying_bars_share_the_width_of_the_largest() -> None:
    assert lengths([2.0, 1.0, -1.0], 50) == [50, 25, 0]
    assert lengths([0.0, 0.0], 50) == [0, 0]
    assert lengths([], 50) == []


def test_a_scale_ends_at_a_round_number() -> None:
    assert [ceiling(value) for value in (0, 0.9, 1.1, 34, 51, 100)] == [1, 1, 2, 50, 100, 100]
