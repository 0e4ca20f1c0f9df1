"""Due days against the tax administration's own tables (accounting.md §6)."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from saas.kernel.calendar import Calendar
from saas.kernel.filing import FilingCalendar, FilingTable, after, load_filings, shifted
from saas.kernel.holidays import load_days

STARTER = Path(__file__).parents[2] / "tenants" / "_starter"
DAYS = load_days(STARTER / "calendar")
TABLE = load_filings(STARTER / "filing.toml")
CALENDAR = Calendar(DAYS)
FILINGS = FilingCalendar(TABLE, CALENDAR)

PUBLISHED = {  # the monthly due days as published, typed here a second time
    2024: (15, 23, 15, 18, 22, 19, 15, 15, 18, 24, 15, 16),
    2025: (15, 20, 17, 18, 22, 16, 15, 15, 15, 27, 17, 15),
    2026: (20, 24, 16, 20, 22, 15, 15, 17, 15, 26, 16, 15),
}


@pytest.mark.parametrize("year", PUBLISHED)
def test_the_table_is_as_published(year: int) -> None:
    assert TABLE.published[year] == PUBLISHED[year]
    assert [FILINGS.fifteenth(year, m).day.day for m in range(1, 13)] == list(PUBLISHED[year])
    assert {FILINGS.fifteenth(year, m).basis for m in range(1, 13)} == {"table"}


@pytest.mark.parametrize("year", PUBLISHED)
@pytest.mark.parametrize("month", range(1, 13))
def test_the_formula_gives_the_published_day(year: int, month: int) -> None:
    assert shifted(DAYS, date(year, month, 15)) == date(year, month, PUBLISHED[year][month - 1])


def test_2027_is_provisional_where_festivals_can_move_it() -> None:
    dues = [FILINGS.fifteenth(2027, month) for month in range(1, 13)]
    assert ["p" if due.provisional else due.day.day for due in dues] == [
        *["p", "p", 15, "p", "p", "p"],
        *[15, 16, "p", "p", 15, 15],
    ]
    assert all(FILINGS.fifteenth(2028, month).provisional for month in range(1, 13))  # nothing is known of 2028


def test_annual_return_of_corporate_income_tax() -> None:
    days = [FILINGS.due("cit_annual", year) for year in ("2024", "2025", "2026")]
    assert [due and due.day for due in days] == [date(2025, 6, 3), date(2026, 6, 1), date(2027, 5, 31)]
    assert [due and due.provisional for due in days] == [False, False, False]


@pytest.mark.parametrize(
    ("code", "period", "day"),
    [
        ("vat", "2026-09", "2026-10-26"),
        ("vat", "2026-Q3", "2026-10-26"),
        ("cit_prepayment", "2025-Q4", "2026-01-20"),
        ("stamp_tax", "2025", "2026-01-20"),
        ("iit_business_annual", "2025", "2026-03-31"),
        ("agency_annual", "2025", "2026-04-30"),
        ("annual_report", "2026", "2027-06-30"),
    ],
)
def test_due_days(code: str, period: str, day: str) -> None:
    due = FILINGS.due(code, period)
    assert due is not None
    assert due.day == date.fromisoformat(day)
    assert due.version == CALENDAR.version


def test_what_only_the_locality_knows_has_no_date_until_it_is_entered() -> None:
    assert FILINGS.due("social_insurance", "2026-10") is None
    shenzhen = FilingCalendar(TABLE, CALENDAR, {("social_insurance", "2026-10"): date(2026, 10, 30)})
    due = shenzhen.due("social_insurance", "2026-10")
    assert due is not None
    assert (due.day, due.basis) == (date(2026, 10, 30), "override")


def test_an_override_beats_the_table() -> None:
    typhoon = FilingCalendar(TABLE, CALENDAR, {("vat", "2026-08"): date(2026, 9, 18)})
    due = typhoon.due("vat", "2026-08")
    assert due is not None
    assert due.day == date(2026, 9, 18)


def test_a_firms_own_day_off_moves_no_filing() -> None:
    outing = Calendar(DAYS, special={date(2026, 12, 15): ()})
    unlisted = FilingTable(TABLE.filings, {})
    assert FilingCalendar(unlisted, outing).fifteenth(2026, 12).day == date(2026, 12, 15)


def test_the_next_monthly_due_day() -> None:
    assert FILINGS.next_fifteenth(date(2026, 11, 16)).day == date(2026, 11, 16)
    assert FILINGS.next_fifteenth(date(2026, 11, 17)).day == date(2026, 12, 15)
    assert FILINGS.next_fifteenth(date(2026, 12, 16)).base == date(2027, 1, 15)


def test_the_guard_keeps_two_working_days_ahead_of_the_filing() -> None:
    late, early = datetime(2026, 12, 20, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
    filing = date(2026, 12, 15)  # a Tuesday: Friday the 11th, 18:00 in China
    assert FILINGS.guard(late, filing) == datetime(2026, 12, 11, 10, tzinfo=UTC)
    assert FILINGS.guard(early, filing) == early


def test_reminders_come_10_5_3_and_1_working_days_before() -> None:
    days = FILINGS.reminders(date(2026, 10, 26))
    assert days == (date(2026, 10, 12), date(2026, 10, 19), date(2026, 10, 21), date(2026, 10, 23))
    assert [CALENDAR.working_days(day, date(2026, 10, 26)) for day in days] == [10, 5, 3, 1]


def test_every_filing_says_where_it_comes_from() -> None:
    for filing in TABLE.filings.values():
        assert filing.mark in {"V", "K", "confirm"}, filing.code
        assert filing.source, filing.code
        assert set(filing.name) == {"zh", "en"}, filing.code
        assert set(filing.periods) <= {"month", "quarter", "half", "year"}, filing.code


@pytest.mark.parametrize(
    ("period", "month"),
    [("2026-03", (2026, 4)), ("2026-12", (2027, 1)), ("2026-Q2", (2026, 7)), ("2026-H1", (2026, 7))],
)
def test_the_month_after_a_period(period: str, month: tuple[int, int]) -> None:
    assert after(period) == month


@pytest.mark.parametrize("period", ["2026-13", "2026-00", "2026-Q5", "26-03", "2026-03-01", "2026Q1"])
def test_periods_that_are_none(period: str) -> None:
    with pytest.raises(ValueError, match="not a period"):
        after(period)


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [('rule = "S15"\nbase = "01-15"', "do not fit"), ('rule = "S0"', "do not fit"), ('rule = "S99"', "do not fit")],
)
def test_a_filing_whose_rule_and_day_do_not_fit_is_refused(tmp_path: Path, broken: str, complaint: str) -> None:
    row = '[[filing]]\ncode = "x"\nname = { zh = "甲", en = "x" }\nwho = []\nperiods = []\nmark = "K"\nsource = "s"\n'
    path = tmp_path / "filing.toml"
    path.write_text(f"published = []\n{row}{broken}\n", "utf-8")
    with pytest.raises(ValueError, match=complaint):
        load_filings(path)
