"""Weeks as the digest knows them, and the moment at which one is told."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from saas.kernel.calendar import Calendar


def week_of(day: date) -> str:
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02}"


def first_working_day(calendar: Calendar, day: date) -> date | None:
    """The first day of this day's week on which the firm works; None in a week of holidays."""
    monday = day - timedelta(days=day.weekday())
    return next((d for d in (monday + timedelta(n) for n in range(7)) if calendar.is_working(d)), None)


def is_time(calendar: Calendar, now: datetime) -> bool:
    """Whether the firm is at work, in its own zone, and its week has begun with work: Monday morning, as a rule.

    Later in the week too, for a week whose first morning the workers missed.
    """
    local = now.astimezone(calendar.zone)
    first, hours = first_working_day(calendar, local.date()), calendar.hours_of(local.date())
    if first is None or local.date() < first or not hours:
        return False
    minute = local.hour * 60 + local.minute
    return hours[0].start <= minute < hours[-1].end
