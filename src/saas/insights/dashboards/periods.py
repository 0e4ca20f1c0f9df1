"""The period a page of figures is about, and the five before it: all of one length, so that they can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from saas.kernel.i18n import Text, _
from saas.kernel.months import month_name, month_number, months_after, quarter_name, quarter_number
from saas.kernel.pages import show_date

TREND = 6  # periods of a trend, the one asked for among them
ROLLING = {"30d": 30, "90d": 90, "365d": 365}
USUAL = "90d"
EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)  # typed years outside are slips of the hand

Span = tuple[date, date]  # first and last day, both inside


@dataclass(frozen=True, slots=True)
class Period:
    """`key` stands in the address: "90d", "2026-11", "2026-Q4", "2026", "2026-03-01..2026-03-15"."""

    key: str
    label: Text | str
    spans: tuple[Span, ...]  # oldest first; the last one is the period itself

    @property
    def since(self) -> date:
        return self.spans[-1][0]

    @property
    def until(self) -> date:
        return self.spans[-1][1]


def period_of(key: str, today: date) -> Period | None:
    """The period of an address; None where the words name none."""
    if key in ROLLING:
        return _rolling(key, _("Last %(n)s days", n=ROLLING[key]), today, ROLLING[key])
    try:
        if ".." in key:
            return _between(key)
        if len(key) == 4:
            return _calendar(key, int(key), 1, 12)
        year, _dash, part = key.partition("-")
        if part.startswith("Q"):
            return _calendar(key, int(year), int(part[1:]) * 3 - 2, 3)
        return _calendar(key, int(year), int(part), 1)
    except ValueError:
        return None


def choices(today: date) -> list[tuple[str, Text | str]]:
    """What the menu offers: rolling days, this and the last five months, four quarters, two years."""
    found: list[tuple[str, Text | str]] = [(key, _("Last %(n)s days", n=days)) for key, days in ROLLING.items()]
    months = [month_name(month_number(today) - back) for back in range(6)]
    quarters = [quarter_name(quarter_number(today) - back) for back in range(4)]
    found += [(key, key.replace("-Q", " Q")) for key in (*months, *quarters)]
    return found + [(str(today.year - back), str(today.year - back)) for back in range(2)]


def key_of(span: Span) -> str:
    return f"{span[0].isoformat()}..{span[1].isoformat()}"


def short(span: Span) -> Text | str:
    """How a period stands under a chart: a whole month, quarter or year by its name, other days by the last of them."""
    first, last = span
    following = last + timedelta(days=1)
    if first.day == following.day == 1:
        months = (following.year - first.year) * 12 + following.month - first.month
        if months == 1:
            return f"{first:%Y-%m}"
        if months == 3 and first.month % 3 == 1:
            return f"{first.year} Q{first.month // 3 + 1}"
        if months == 12 and first.month == 1:
            return str(first.year)
    return _("to %(day)s", day=show_date(last))


def _rolling(key: str, label: Text | str, last: date, days: int) -> Period:
    ends = [last - timedelta(days=days * back) for back in range(TREND, -1, -1)]
    return Period(key, label, tuple((before + timedelta(days=1), end) for before, end in pairwise(ends)))


def _between(key: str) -> Period:
    first, last = (_day(text) for text in key.split(".."))
    if last < first:
        raise ValueError(key)
    return _rolling(key, key.replace("..", " – "), last, (last - first).days + 1)


def _day(text: str) -> date:
    day = date.fromisoformat(text)
    if not EARLIEST <= day <= LATEST:
        raise ValueError(text)
    return day


def _calendar(key: str, year: int, month: int, length: int) -> Period:
    first = _day(date(year, month, 1).isoformat())
    starts = [months_after(first, -length * back) for back in range(TREND - 1, -2, -1)]
    spans = tuple((start, following - timedelta(days=1)) for start, following in pairwise(starts))
    return Period(key, key.replace("-Q", " Q"), spans)
