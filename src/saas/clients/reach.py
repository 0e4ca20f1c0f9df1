"""When a contact wants to be reached: "09:00-12:00, 14:00-18:00" as they said it, "" for any time."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from saas.kernel.calendar import Interval, hours
from saas.kernel.clock import CHINA
from saas.kernel.errors import Invalid


def wished(text: str) -> tuple[Interval, ...]:
    """The stretches of a day; () where nothing was said, or only in words no machine reads."""
    try:
        return hours(text)
    except Invalid:
        return ()


def welcome_at(text: str, now: datetime, stretches: tuple[Interval, ...] = ()) -> datetime:
    """The first moment from now on that lies in these hours; `stretches` hold where the contact said nothing."""
    wanted = wished(text) or stretches
    if not wanted:
        return now
    local = now.astimezone(CHINA)
    minute = local.hour * 60 + local.minute
    for stretch in wanted:
        if minute < stretch.end:
            return now if minute >= stretch.start else _at(local.date(), stretch.start)
    return _at(local.date() + timedelta(1), wanted[0].start)


def _at(day: date, minute: int) -> datetime:
    return datetime.combine(day, time(), CHINA) + timedelta(minutes=minute)
