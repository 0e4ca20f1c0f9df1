"""Dates, periods and times as exports write them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import pairwise
from typing import Literal

from saas.kernel.i18n import Text, _

Order = Literal["mdy", "dmy"]

YMD = re.compile(r"(\d{4})\s*[-/.年,]\s*(\d{1,2})\s*[-/.月,]\s*(\d{1,2})\s*日?(?:[t\s].*)?")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\.0+)?(?:\d{6})?")
SERIAL = re.compile(r"([2-7]\d{4})(?:\.\d+)?")  # Excel days: 1954 … 2118
XY = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})(?:\s.*)?")
SHORT = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{1,2})")
NAMED = re.compile(
    r"(?:(\d{1,2})[-\s/.]?([a-z]{3})[a-z]*[-\s/.,]*(\d{4}|\d{2})|([a-z]{3})[a-z]*[-\s.]*(\d{1,2})[,\s]+(\d{4}))(?:\s.*)?"
)
MONTH_DAY = re.compile(r"(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
MONTHS = {
    m: n for n, m in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)
}
NO_DATE = re.compile(r"[0\s:/.-]+|[01](?:\.0+)?")
LOOKED_AT = 5000  # texts of a column that tell the order of its numbers
EPOCH = date(1899, 12, 30)
# What programs write for "no date": the first days of their calendars, or the last.
PLACEHOLDERS = frozenset(
    {date(1, 1, 1), date(1753, 1, 1), date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1), date(1970, 1, 1)}
    | {date(9999, 12, 31)}
)


class NotADate(ValueError):
    """Why a cell is not read as a date, in words."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason)
        self.reason = reason


def day(text: str, *, order: Order = "mdy", year: int | None = None) -> date | None:
    """The date of "2026-03-05", "2026/3/5 8:00", "20260305", "2026年3月5日", "46086", "3/5/2026", "5-Mar-2026".

    A placeholder ("19000101", "0000-00-00") comes back as 1900-01-01; None for a blank cell. `year` completes a month
    and day. NotADate for what no calendar has (2026-02-30) and for anything else.
    """
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if not plain or plain in {"-", "--", "null", "none", "nan"}:
        return None
    if NO_DATE.fullmatch(plain):
        return date(1900, 1, 1)
    parts = _parts(plain, order, year)
    if parts is None:
        if serial := SERIAL.fullmatch(plain):
            return EPOCH + timedelta(days=int(serial[1]))
        raise NotADate(_("“%(text)s” is not a date", text=text.strip()[:40]))
    try:
        return date(*parts)
    except ValueError:
        raise NotADate(_("the calendar has no day %(text)s", text=text.strip()[:40])) from None


def _parts(plain: str, order: Order, year: int | None) -> tuple[int, int, int] | None:
    if match := YMD.fullmatch(plain) or COMPACT.fullmatch(plain):
        return int(match[1]), int(match[2]), int(match[3])
    if match := XY.fullmatch(plain):
        first, second = int(match[1]), int(match[2])
        return (int(match[3]), first, second) if order == "mdy" else (int(match[3]), second, first)
    if (match := NAMED.fullmatch(plain)) and (name := match[2] or match[4]) in MONTHS:
        return _century(match[3] or match[6]), MONTHS[name], int(match[1] or match[5])
    if match := SHORT.fullmatch(plain):
        first, second, third = (int(part) for part in match.groups())
        if year is not None and first == year % 100 != third:
            return year, second, third
        if third > 9:
            return (2000 + third, first, second) if order == "mdy" else (2000 + third, second, first)
    if year is not None and (match := MONTH_DAY.fullmatch(plain)):
        return year, int(match[1]), int(match[2])
    return None


def _century(year: str) -> int:
    return int(year) if len(year) == 4 else 2000 + int(year)


def order_of(texts: list[str]) -> Order:
    """Which of 3/5/2026's numbers is the month, by a column's values in the file's order.

    First what the calendar allows; then what keeps the file in order of time; else the habit of the separator.
    """
    plain = (unicodedata.normalize("NFKC", text).strip() for text in texts[:LOOKED_AT])
    found = [match for text in plain if (match := XY.fullmatch(text) or SHORT.fullmatch(text))]
    triples = [(int(m[3]), int(m[1]), int(m[2])) for m in found]
    american = [(year, first, second) for year, first, second in triples]
    european = [(year, second, first) for year, first, second in triples]
    if not triples or (cost := _disorder(american)) < (other := _disorder(european)):
        return "mdy"
    return "dmy" if other < cost or "." in found[0][0] else "mdy"


def _disorder(days: list[tuple[int, int, int]]) -> tuple[int, int]:
    """(months that do not exist, steps back in time)."""
    return sum(month > 12 for __, month, __ in days), sum(b < a for a, b in pairwise(days))


@dataclass(frozen=True, slots=True)
class Month:
    """A period as a column writes it: year 0 when it names only the month, month 0 when it is not a month."""

    year: int
    month: int


YEAR_MONTH = re.compile(
    r"(\d{4})\s*(?:[-/.年_m]|年?\s*第|\s)*\s*(\d{1,2})\s*[月期]?(?:\s*[-/.日]?\s*\d{1,2}日?(?:\s.*)?)?"
)
MONTH_YEAR = re.compile(r"(\d{1,3})\s*[-/.]\s*(\d{4})")
MONTH_ONLY = re.compile(r"(?:第|p|period)?\s*(\d{1,3})(?:\.0+)?\s*[月期]?(?:份)?")
MONTH_NAMED = re.compile(r"([a-z]{3})[a-z]*(?:[-\s/.,]*(\d{4}|\d{2}))?")


def month(text: str) -> Month | None:
    """The period of "3", "03", "2026-03", "202603", "2026年第3期", "第3期", "003/2026", "Mar-2026", or a whole date.

    Periods 13–16 (closing entries of some programs) belong to December. None when the text names no month.
    """
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if match := YEAR_MONTH.fullmatch(plain) or re.fullmatch(r"(\d{4})(\d{2})(?:\d{2})?(?:\.0+)?", plain):
        return _month(int(match[1]), int(match[2]))
    if match := MONTH_YEAR.fullmatch(plain):
        return _month(int(match[2]), int(match[1]))
    if match := MONTH_ONLY.fullmatch(plain):
        return _month(0, int(match[1]))
    if (match := MONTH_NAMED.fullmatch(plain)) and match[1] in MONTHS:
        return _month(_century(match[2]) if match[2] else 0, MONTHS[match[1]])
    return None


def _month(year: int, number: int) -> Month | None:
    return Month(year, min(number, 12)) if 1 <= number <= 16 else None


def year(text: str) -> int | None:
    """The year of "2026", "2026年度", "2026.0", "FY2026"; None when there is none between 1980 and 2100."""
    match = re.search(r"(?<!\d)(19[89]\d|20\d\d)(?!\d)", unicodedata.normalize("NFKC", text))
    return int(match[1]) if match else None


CLOCK = re.compile(r"(?:.*\s)?(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?")


def clock(text: str, *, seconds: bool = False) -> str | None:
    """ "HH:MM:SS" of "101205", "90036", "10:12", "1899-12-31 10:12:05", "0.4251" (a part of a day).

    `seconds`: numbers count seconds, so "1207" is 00:12:07 without its zeros, not 12:07.
    """
    plain = re.sub(r"^(\d{1,6})\.0$", r"\1", unicodedata.normalize("NFKC", text).strip())
    if match := CLOCK.fullmatch(plain):
        parts = int(match[1]), int(match[2]), int(match[3] or 0)
    elif re.fullmatch(r"\d{1,6}", plain):
        digits = plain.zfill(6) if seconds or len(plain) > 4 else plain.zfill(4) + "00"
        parts = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    elif re.fullmatch(r"0\.\d+", plain):
        of_day = round(float(plain) * 86400)
        parts = of_day // 3600 % 24, of_day // 60 % 60, of_day % 60
    else:
        return None
    try:
        return time(*parts).isoformat()
    except ValueError:
        return None
