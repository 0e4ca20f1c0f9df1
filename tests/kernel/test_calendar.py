"""Working time, checked minute by minute against a slow, obvious reckoning."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saas.kernel.calendar import WORKING_HOURS, Calendar, Interval, hours
from saas.kernel.errors import Invalid
from saas.kernel.holidays import Days, load_days

SHANGHAI = ZoneInfo("Asia/Shanghai")
STARTER = Path(__file__).parents[2] / "tenants" / "_starter" / "calendar"
DAYS = load_days(STARTER)
CALENDAR = Calendar(DAYS)


def at(text: str) -> datetime:
    """A moment written in Chinese local time."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def counted(start: datetime, end: datetime, calendar: Calendar = CALENDAR) -> int:
    """Working minutes, one by one."""
    total, moment = 0, start.replace(second=0, microsecond=0)
    while moment < end.replace(second=0, microsecond=0):
        local = moment.astimezone(calendar.zone)
        minute = local.hour * 60 + local.minute
        total += any(i.start <= minute < i.end for i in calendar.hours_of(local.date()))
        moment += timedelta(minutes=1)
    return total


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2026-01-01", False),  # New Year's Day, a Thursday
        ("2026-01-04", True),  # a Sunday worked instead
        ("2026-02-14", True),  # a Saturday worked instead
        ("2026-02-23", False),  # a Monday of the Spring Festival
        ("2026-02-28", True),
        ("2026-05-09", True),
        ("2026-10-10", True),
        ("2026-11-21", False),  # an ordinary Saturday
        ("2025-09-28", True),
        ("2025-10-08", False),
        ("2024-02-09", True),  # New Year's Eve of 2024 was only recommended as a day off
        ("2024-02-18", True),
    ],
)
def test_days_of_the_state_council(day: str, working: bool) -> None:
    assert CALENDAR.is_working(date.fromisoformat(day)) is working


def test_working_days_of_each_year() -> None:
    """Weekdays (262, 261, 261) less the statutory days of rest: 11 until 2024, 13 since; swaps cancel out."""
    totals = {y: CALENDAR.working_days(date(y - 1, 12, 31), date(y, 12, 31)) for y in (2024, 2025, 2026)}
    assert totals == {2024: 251, 2025: 248, 2026: 248}


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-11-20 09:00", "2026-11-20 18:00", 450),
        ("2026-11-20 11:30", "2026-11-20 14:00", 60),  # lunch does not count
        ("2026-11-20 12:00", "2026-11-20 13:30", 0),
        ("2026-11-20 17:00", "2026-11-23 10:00", 120),  # over a weekend
        ("2026-11-20 03:00", "2026-11-20 08:59", 0),
        ("2026-10-09 17:00", "2026-10-10 10:00", 120),  # a make-up Saturday
        ("2026-02-14 17:00", "2026-02-24 10:00", 120),  # over the Spring Festival
        ("2026-11-20 10:00", "2026-11-20 09:00", 0),  # never negative
    ],
)
def test_working_minutes(start: str, end: str, minutes: int) -> None:
    assert CALENDAR.working_minutes(at(start), at(end)) == minutes


def test_pauses_are_left_out_once() -> None:
    pauses = [
        (at("2026-11-20 10:00"), at("2026-11-20 11:00")),
        (at("2026-11-20 10:30"), at("2026-11-20 11:30")),  # overlaps the first
        (at("2026-11-20 12:00"), at("2026-11-20 14:00")),  # mostly lunch
        (at("2026-11-19 10:00"), at("2026-11-19 17:00")),  # before it all
        (at("2026-11-20 17:00"), None),  # still lasts
    ]
    whole = (at("2026-11-20 09:00"), at("2026-11-20 18:00"))
    assert CALENDAR.working_minutes(*whole, pauses) == 450 - 90 - 30 - 60


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-11-20 09:00", 450, "2026-11-20 18:00"),
        ("2026-11-20 09:00", 180, "2026-11-20 12:00"),
        ("2026-11-20 09:00", 181, "2026-11-20 13:31"),
        ("2026-11-20 17:59", 2, "2026-11-23 09:01"),
        ("2026-11-21 15:00", 60, "2026-11-23 10:00"),  # found on a Saturday
        ("2026-02-13 17:30", 31, "2026-02-14 09:01"),  # the next day is a make-up Saturday
    ],
)
def test_due_moments(start: str, minutes: int, due: str) -> None:
    assert CALENDAR.add_minutes(at(start), minutes) == (at(due), False)


def test_dates_that_touch_a_year_without_a_list_are_provisional() -> None:
    due, provisional = CALENDAR.add_minutes(at("2026-12-31 17:00"), 120)
    assert (due, provisional) == (at("2027-01-01 10:00"), True)  # Monday to Friday, visibly unsure
    assert CALENDAR.add_minutes(at("2026-12-31 09:00"), 450)[1] is False
    assert CALENDAR.is_provisional(date(2026, 12, 30), date(2027, 1, 4))
    assert not CALENDAR.is_provisional(date(2026, 12, 30))


def test_the_missing_year_is_missed_from_1_november() -> None:
    assert CALENDAR.years_missing(date(2026, 10, 31)) == ()
    assert CALENDAR.years_missing(date(2026, 11, 1)) == (2027,)
    assert CALENDAR.years_missing(date(2027, 2, 1)) == (2027,)
    assert CALENDAR.years_missing(date(2027, 12, 1)) == (2027, 2028)


@pytest.mark.parametrize(
    ("day", "number", "expected"),
    [
        ("2026-11-20", 1, "2026-11-23"),
        ("2026-11-20", 0, "2026-11-20"),
        ("2026-11-21", 0, "2026-11-23"),
        ("2026-11-21", 1, "2026-11-23"),
        ("2026-11-21", -1, "2026-11-20"),
        ("2026-11-23", -1, "2026-11-20"),
        ("2026-09-30", 3, "2026-10-10"),  # 8, 9 and the make-up Saturday
        ("2026-10-08", -2, "2026-09-29"),
    ],
)
def test_adding_working_days(day: str, number: int, expected: str) -> None:
    assert CALENDAR.add_working_days(date.fromisoformat(day), number) == date.fromisoformat(expected)


moments = st.datetimes(datetime(2024, 1, 1), datetime(2026, 11, 30), timezones=st.just(UTC))


@settings(max_examples=60, deadline=None)
@given(start=moments, length=st.integers(0, 60 * 24 * 12))
def test_minutes_agree_with_counting(start: datetime, length: int) -> None:
    end = start + timedelta(minutes=length)
    assert CALENDAR.working_minutes(start, end) == counted(start, end)


@given(start=moments, minutes=st.integers(1, 20_000))
def test_a_due_moment_is_exactly_that_far_away(start: datetime, minutes: int) -> None:
    due, _provisional = CALENDAR.add_minutes(start, minutes)
    assert CALENDAR.working_minutes(start, due) == minutes
    assert CALENDAR.working_minutes(start, due - timedelta(minutes=1)) == minutes - 1  # and not a minute later


@given(times=st.lists(moments, min_size=3, max_size=3))
def test_stages_add_up(times: list[datetime]) -> None:
    a, b, c = sorted(times)
    parts = CALENDAR.working_minutes(a, b) + CALENDAR.working_minutes(b, c)
    assert parts == CALENDAR.working_minutes(a, c)


@given(day=st.dates(date(2024, 1, 1), date(2026, 12, 1)), number=st.integers(-200, 200).filter(bool))
def test_working_days_forth_and_back(day: date, number: int) -> None:
    there = CALENDAR.add_working_days(day, number)
    assert CALENDAR.is_working(there)
    between = CALENDAR.working_days(day, there) if number > 0 else CALENDAR.working_days(there, day - timedelta(1)) + 1
    assert between == abs(number)


def test_a_firm_has_its_own_hours_and_days() -> None:
    outing, saturday = date(2026, 11, 20), date(2026, 11, 21)
    firm = Calendar(DAYS, hours("8:30-12:00，14:00-17:30"), special={outing: (), saturday: hours("09:00-12:00")})
    assert firm.minutes_per_day == 420
    assert not firm.is_working(outing)
    assert firm.working_minutes(at("2026-11-20 00:00"), at("2026-11-22 00:00")) == 180
    assert firm.add_minutes(at("2026-11-19 17:30"), 200) == (at("2026-11-23 08:50"), False)
    assert firm.close_of(saturday) == at("2026-11-21 12:00")


def test_the_version_names_what_a_date_depends_on() -> None:
    assert CALENDAR.version == Calendar(DAYS).version
    assert CALENDAR.version.startswith("2026-")
    others = [
        Calendar(DAYS, hours("09:00-18:00")),
        Calendar(DAYS, zone="Asia/Tokyo"),
        Calendar(DAYS, special={date(2026, 11, 20): ()}),
        Calendar(Days(DAYS.rest | {date(2026, 11, 20)}, DAYS.work, DAYS.published)),
    ]
    assert len({CALENDAR.version, *(other.version for other in others)}) == 5


def test_other_zones_keep_their_own_clock() -> None:
    berlin = Calendar(Days(published=frozenset({2026})), zone="Europe/Berlin")
    start = datetime(2026, 3, 27, 16, 0, tzinfo=UTC)  # 17:00 on the Friday before summer time
    assert berlin.add_minutes(start, 120) == (datetime(2026, 3, 30, 8, 0, tzinfo=UTC), False)


def test_hours_as_people_write_them() -> None:
    assert hours("09:00-12:00, 13:30-18:00") == WORKING_HOURS
    assert hours("9：00至12：00 13:30–18:00") == WORKING_HOURS
    assert hours("00:00-24:00") == (Interval(0, 1440),)
    assert hours("  ") == ()
    assert str(WORKING_HOURS[1]) == "13:30–18:00"


@pytest.mark.parametrize(
    "text", ["9-12", "12:00-09:00", "09:00-12:00, 11:00-18:00", "09:00-25:00", "morning", "09:00-09:00"]
)
def test_hours_nobody_can_work(text: str) -> None:
    with pytest.raises(Invalid):
        hours(text)


def test_what_would_never_end_is_refused() -> None:
    with pytest.raises(ValueError, match="never reach"):
        Calendar(DAYS, ())
    with pytest.raises(ValueError, match="forwards"):
        CALENDAR.add_minutes(at("2026-11-20 09:00"), -1)
    with pytest.raises(ValueError, match="beyond"):
        CALENDAR.add_minutes(at("2026-11-20 09:00"), 10**7)
    with pytest.raises(ValueError, match="outside"):
        CALENDAR.working_minutes(at("1999-01-01 09:00"), at("2026-11-20 09:00"))
    with pytest.raises(ValueError, match="outside"):
        CALENDAR.add_working_days(date(2045, 12, 1), 100)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('year = 2026\nstatus = "published"\nholiday = []', "no day off"),
        (
            'year = 2026\nstatus = "published"\n[[holiday]]\nfrom = 2026-01-01\nto = 2026-01-04\nwork = [2026-01-04]',
            "both",
        ),
        (
            'year = 2026\nstatus = "published"\n[[holiday]]\nfrom = 2026-01-01\nto = 2026-01-01\nwork = [2026-01-05]',
            "weekday",
        ),
    ],
)
def test_a_list_that_contradicts_itself_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "2026.toml").write_text(text)
    with pytest.raises(ValueError, match=complaint):
        load_days(tmp_path)
