"""A client's next VAT filing day, and the moment by which our own work must be ahead of it (domain.md W1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from saas.clients.models import Client
from saas.kernel.calendar import Calendar
from saas.kernel.filing import LEAD, Due, FilingCalendar, filing_table
from saas.kernel.months import month_name, month_number, quarter_name, quarter_number

VAT = "vat"


def next_filing(calendar: Calendar, client: Client, today: date) -> Due:
    """The client's next VAT filing day, today included."""
    return next(due for due in _filings(calendar, client, today) if due.day >= today)


def filing_guard(calendar: Calendar, client: Client, now: datetime, today: date) -> datetime:
    """The close of work two working days before the client's next VAT filing whose guard has not passed yet."""
    guards = (_guard(calendar, due) for due in _filings(calendar, client, today))
    return next(guard for guard in guards if guard > now)


def nearness(calendar: Calendar, client: Client, today: date) -> float:
    """How much a finding gains by the filing day: twice within 5 working days, half as much again within 10."""
    left = calendar.working_days(today, next_filing(calendar, client, today).day)
    return 2.0 if left <= 5 else 1.5 if left <= 10 else 1.0


def _guard(calendar: Calendar, due: Due) -> datetime:
    return calendar.close_of(calendar.add_working_days(due.day, -LEAD))


def _filings(calendar: Calendar, client: Client, today: date) -> Iterator[Due]:
    """The client's filings in order, from the period before this one on."""
    filings = FilingCalendar(filing_table(), calendar)
    for period in _periods(client.filing_period, today):
        due = filings.due(VAT, period)
        if due is not None:
            yield due


def _periods(kind: str, today: date) -> Iterator[str]:
    """ "2026-10", "2026-11" …, or "2026-Q3", "2026-Q4" …, a year's worth, beginning with the last one that ended."""
    if kind == "month":
        return (month_name(month_number(today) + ahead) for ahead in range(-1, 12))
    return (quarter_name(quarter_number(today) + ahead) for ahead in range(-1, 4))
