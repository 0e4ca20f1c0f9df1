"""Working time (domain.md W1): which days and minutes count, how long something took, when something is due.

Days come from the State Council's yearly list. A year whose list is not out yet counts Monday to Friday and makes every
date that touches it provisional; that errs towards earlier dates, never towards a missed one. Moments are aware UTC and
are cut to the whole minute, so that the minutes of consecutive stages add up exactly.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo

from saas.kernel.errors import Invalid
from saas.kernel.holidays import Days
from saas.kernel.i18n import _

FIRST, LAST = date(2015, 1, 1), date(2045, 12, 31)  # working time is reckoned between these days
ALARM = (11, 1)  # month and day from which next year's list is missed


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A stretch of work inside one day, in minutes since midnight; the end is not part of it."""

    start: int
    end: int

    def __str__(self) -> str:
        return "–".join(f"{minute // 60:02}:{minute % 60:02}" for minute in (self.start, self.end))


def hours(text: str) -> tuple[Interval, ...]:
    """Working hours as a person writes them, "09:00-12:00, 13:30-18:00"; "" is a day without work."""
    found = []
    for part in re.split(r"[,，;；\s]+", text.strip()) if text.strip() else []:
        match = re.fullmatch(r"(\d{1,2})[:：](\d\d)[-–—~至](\d{1,2})[:：](\d\d)", part)
        if match is None:
            raise Invalid(_("Working hours are written like 09:00-12:00, 13:30-18:00."))
        start_hour, start_minute, end_hour, end_minute = map(int, match.groups())
        found.append(Interval(start_hour * 60 + start_minute, end_hour * 60 + end_minute))
    if any(i.start >= i.end or i.end > 24 * 60 for i in found) or any(a.end > b.start for a, b in pairwise(found)):
        raise Invalid(_("Working hours must follow one another within one day."))
    return tuple(found)


WORKING_HOURS = hours("09:00-12:00, 13:30-18:00")


class Calendar:
    """A firm's working time. `special` gives single days hours of their own: () is a day off.

    The version names everything the reckoning depends on; it is stored beside every date reckoned with it, so that a
    new list can find the dates to reckon again.
    """

    def __init__(
        self,
        days: Days,
        intervals: Sequence[Interval] = WORKING_HOURS,
        zone: str = "Asia/Shanghai",
        version: str = "",
        special: Mapping[date, Sequence[Interval]] | None = None,
    ) -> None:
        if not intervals:
            raise ValueError("a calendar without working hours would never reach any due date")
        self.days = days
        self.intervals = tuple(intervals)
        self.zone = ZoneInfo(zone)
        self.special = {day: tuple(stretches) for day, stretches in (special or {}).items()}
        self.version = version or self._fingerprint()
        span = [FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1)]
        self._minutes = list(accumulate((self._length(day) for day in span), initial=0))  # worked before day n
        self._count = list(accumulate((self.is_working(day) for day in span), initial=0))  # working days before day n

    @property
    def minutes_per_day(self) -> int:
        """Minutes of an ordinary working day."""
        return sum(i.end - i.start for i in self.intervals)

    def is_working(self, day: date) -> bool:
        """Whether the firm works on this day."""
        if day in self.special:
            return bool(self.special[day])
        return self.days.is_working(day)

    def hours_of(self, day: date) -> tuple[Interval, ...]:
        """The stretches worked on this day; () on a day off."""
        return self.special[day] if day in self.special else self.intervals if self.is_working(day) else ()

    def is_provisional(self, start: date, end: date | None = None) -> bool:
        """Whether a date reckoned over these days may still move: a year among them has no list yet."""
        years = range(start.year, (end or start).year + 1)
        return any(year not in self.days.published for year in years)

    def years_missing(self, today: date) -> tuple[int, ...]:
        """Years whose list should be here by now: this one, and from 1 November the next."""
        wanted = [today.year] + ([today.year + 1] if (today.month, today.day) >= ALARM else [])
        return tuple(year for year in wanted if year not in self.days.published)

    def working_minutes(
        self, start: datetime, end: datetime, pauses: Iterable[tuple[datetime, datetime | None]] = ()
    ) -> int:
        """Minutes worked from start to end, pauses left out (they may overlap; one without end still lasts)."""
        if end <= start:
            return 0
        total = self._position(end) - self._position(start)
        counted = start
        for paused, resumed in sorted(pauses, key=lambda pause: pause[0]):
            a, b = max(paused, counted), min(resumed or end, end)
            if a < b:
                total -= self._position(b) - self._position(a)
                counted = b
        return total

    def add_minutes(self, start: datetime, minutes: int) -> tuple[datetime, bool]:
        """When that many minutes will have been worked, and whether the moment is provisional.

        A day's last minute ends that day: 450 minutes from 09:00 are due at 18:00, not at 09:00 the next morning.
        """
        if minutes < 0:
            raise ValueError("working time runs forwards")
        begun = start.astimezone(self.zone).date()
        if minutes == 0:
            return start, self.is_provisional(begun)
        target = self._position(start) + minutes
        day_number = bisect_left(self._minutes, target) - 1
        if day_number >= len(self._minutes) - 1:
            raise ValueError(f"beyond {LAST}: {minutes} working minutes from {start}")
        day, left = FIRST + timedelta(day_number), target - self._minutes[day_number]
        for interval in self.hours_of(day):
            if left <= interval.end - interval.start:
                break
            left -= interval.end - interval.start
        return self._moment(day, interval.start + left), self.is_provisional(begun, day)

    def add_working_days(self, day: date, number: int) -> date:
        """The number-th working day after this day, or before it where number is negative; the day itself never counts.

        0 gives the day itself if it is worked, else the next one worked.
        """
        if number == 0:
            return self.next_working_day(day)
        index = (day - FIRST).days
        wanted = self._count[index + 1] + number if number > 0 else self._count[index] + number + 1
        found = bisect_left(self._count, wanted) - 1
        if not 0 < wanted <= self._count[-1]:
            raise ValueError(f"outside {FIRST}…{LAST}: {number} working days from {day}")
        return FIRST + timedelta(found)

    def next_working_day(self, day: date) -> date:
        """The day itself if it is worked, else the first one after it."""
        while not self.is_working(day):
            day += timedelta(1)
        return day

    def working_days(self, start: date, end: date) -> int:
        """How many working days lie after start, up to and including end."""
        return max(0, self._count[(end - FIRST).days + 1] - self._count[(start - FIRST).days + 1])

    def close_of(self, day: date) -> datetime:
        """The moment work ends on this day (on a day off: the end of ordinary hours), aware UTC."""
        return self._moment(day, (self.hours_of(day) or self.intervals)[-1].end)

    def _length(self, day: date) -> int:
        return sum(i.end - i.start for i in self.hours_of(day))

    def _position(self, moment: datetime) -> int:
        """Minutes worked between FIRST and this moment."""
        local = moment.astimezone(self.zone)
        index = (local.date() - FIRST).days
        if not 0 <= index < len(self._minutes) - 1:
            raise ValueError(f"outside {FIRST}…{LAST}: {moment}")
        minute = local.hour * 60 + local.minute
        return self._minutes[index] + sum(
            min(minute, i.end) - i.start for i in self.hours_of(local.date()) if minute > i.start
        )

    def _moment(self, day: date, minute: int) -> datetime:
        midnight = datetime.combine(day, time(), self.zone)
        return (midnight + timedelta(minutes=minute)).astimezone(UTC)

    def _fingerprint(self) -> str:
        parts = [
            *(f"{day}:{'+' if day in self.days.work else '-'}" for day in sorted(self.days.rest | self.days.work)),
            *(f"{day}:{','.join(map(str, stretches))}" for day, stretches in sorted(self.special.items())),
            *map(str, self.intervals),
            str(self.zone),
        ]
        newest = max(self.days.published, default=0)
        return f"{newest}-{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:10]}"
