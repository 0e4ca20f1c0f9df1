"""The tax table: every row of accounting.md §3, found by its day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from saas.kernel.money import Money
from saas.kernel.rates import MissingRateError, load, parse, percent

RATES = load(Path(__file__).parents[2] / "tenants" / "_starter" / "tax_table.toml")
ITEMS = {
    "vat.rate": 5,
    "vat.class": 1,
    "vat.farm_input": 5,
    "vat.levy": 2,
    "vat.levy5": 1,
    "vat.small_limit": 3,
    "vat.registration": 2,
    "vat.exempt_month": 4,
    "vat.exempt_quarter": 4,
    "vat.threshold_month": 1,
    "vat.threshold_quarter": 1,
    "vat.threshold_time": 1,
    "vat.levy_relief": 5,
    "vat.extra_input": 3,
    "surcharge": 1,
    "six_taxes_relief": 3,
    "cit.small": 4,
    "cit.entertainment": 1,
    "cit.welfare": 1,
    "cit.union": 1,
    "cit.education": 1,
    "cit.advertising": 3,
    "cit.donation": 1,
    "cit.commission": 1,
    "cit.one_off_asset": 1,
    "late_fee": 1,
}


@pytest.mark.parametrize(("item", "count"), ITEMS.items())
def test_rows_of_the_reference(item: str, count: int) -> None:
    assert len(RATES.history(item)) == count


@pytest.mark.parametrize(
    ("item", "on", "kind", "figures"),
    [
        ("vat.rate", "2018-04-30", "G", "0.17 0.11 0.06 0"),
        ("vat.rate", "2018-05-01", "G", "0.16 0.10 0.06 0"),
        ("vat.rate", "2019-03-31", "G", "0.16 0.10 0.06 0"),
        ("vat.rate", "2026-11-21", "G", "0.13 0.09 0.06 0"),
        ("vat.levy_relief", "2025-12-31", "S", "0.01"),
        ("vat.levy_relief", "2026-01-01", "S", "0.01"),
        ("vat.levy_relief", "2022-06-01", "S", "0"),
        ("vat.levy", "2026-05-01", "simplified", "0.03"),
        ("late_fee", "2026-06-15", None, "0.0005"),
        ("cit.small", "2021-12-31", "small_profit", "0.025 0.10"),
    ],
)
def test_figures_by_day(item: str, on: str, kind: str | None, figures: str) -> None:
    row = RATES.at(item, date.fromisoformat(on), kind)
    assert row.numbers == tuple(Decimal(figure) for figure in figures.split())


def test_lapsed_relief_is_an_answer() -> None:
    assert RATES.find("vat.levy_relief", date(2019, 6, 1), "S") is None
    with pytest.raises(MissingRateError, match="2019-06-01"):
        RATES.at("vat.levy_relief", date(2019, 6, 1), "S")


def test_provisions_that_end_in_2027_do_not_reach_2028() -> None:
    for item in ("vat.levy_relief", "vat.threshold_quarter", "six_taxes_relief", "cit.small", "cit.one_off_asset"):
        assert RATES.find(item, date(2027, 12, 31), None) is not None, item
        assert RATES.find(item, date(2028, 1, 1), None) is None, item


def test_for_whom_has_to_be_said_where_it_decides() -> None:
    with pytest.raises(ValueError, match="say for whom"):
        RATES.at("vat.extra_input", date(2023, 6, 1))
    assert RATES.at("vat.extra_input", date(2023, 6, 1), "G.services").part("living") == Decimal("0.10")


def test_no_two_rows_hold_on_the_same_day_for_the_same_people() -> None:
    for item in {row.item for row in RATES.rows}:
        for a, b in combinations(RATES.history(item), 2):
            same_people = not a.kinds or not b.kinds or a.kinds & b.kinds
            apart = (a.end or date.max) < b.start or (b.end or date.max) < a.start
            assert apart or not same_people, (item, a.start, b.start)


def test_successive_rows_leave_no_gap_where_the_law_had_none() -> None:
    for item in ("vat.rate", "vat.farm_input", "vat.levy", "vat.small_limit", "vat.exempt_month", "cit.small"):
        rows = RATES.history(item)
        for earlier, later in pairwise(rows):
            assert earlier.end is not None
            assert earlier.end + timedelta(days=1) == later.start, item


def test_every_row_has_a_source_and_a_known_mark() -> None:
    assert {row.mark for row in RATES.rows} == {"V", "K", "confirm"}
    assert all(row.source for row in RATES.rows)


def test_amounts_and_slices() -> None:
    assert RATES.at("vat.threshold_quarter", date(2026, 6, 30), "S").money == Money.of("300000")
    assert RATES.at("cit.small", date(2022, 12, 31)).slices == (
        (Decimal(1_000_000), Decimal("0.025")),
        (Decimal(3_000_000), Decimal("0.05")),
    )


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ('item = "x"\nfrom = 2026-01-01\nto = 2025-01-01\nvalue = "1%"', "ends before it begins"),
        ('item = "x"\nfrom = 2026-01-01\nvalue = 0.03', "written in quotes"),
        ('item = "x"\nfrom = 2026-01-01\nvalue = "3x%"', "tax table, x from 2026-01-01"),
        ('item = "x"\nfrom = 2026-01-01', "'value'"),
    ],
)
def test_a_row_that_cannot_be_read_names_itself(row: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse(f'[[row]]\n{row}\nsource = "s"\nmark = "K"')


def test_percent() -> None:
    assert [percent(Decimal(share)) for share in ("0.0005", "0.1", "1E-1", "0.06", "1")] == [
        "0.05%",
        "10%",
        "10%",
        "6%",
        "100%",
    ]
