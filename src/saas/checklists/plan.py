"""What a version of a checklist says: its steps, for whom it is made, when it opens and when it is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import msgspec

from saas.clients.models import Client
from saas.kernel.calendar import Calendar
from saas.kernel.filing import FilingCalendar
from saas.kernel.i18n import Both, Text, _
from saas.kernel.months import last_day_of_term, month_name, month_number, quarter_name, quarter_number

Evidence = Literal["none", "note", "file", "number", "link"]
Lead = Literal["bookkeeper", "reviewer"]
Every = Literal["month", "quarter", "year", "filing", "event", "hand"]
Base = Literal["period", "filing"]
Who = Literal["all", "small", "general", "sample"]

EVIDENCE: dict[str, Text] = {
    "none": _("no evidence"),
    "note": _("a note"),
    "file": _("a file"),
    "number": _("a figure"),
    "link": _("a link"),
}
EVERY: dict[str, Text] = {
    "month": _("every month"),
    "quarter": _("every quarter"),
    "year": _("every year"),
    "filing": _("before each filing"),
    "event": _("when something happens"),
    "hand": _("by hand"),
}
WHO: dict[str, Text] = {
    "all": _("all clients"),
    "small": _("small-scale taxpayers"),
    "general": _("general taxpayers"),
    "sample": _("a sample of the clients"),
}
EVENTS: dict[str, Text] = {
    "refund.assessed": _("a refund is calculated, before the offer goes out"),
    "case.submitted": _("a correction is handed in for review, before the letter goes out"),
    "client.archived": _("a client leaves"),
}
STEP_ROLES = ("bookkeeper", "reviewer", "manager", "cashier")
MOST_STEPS = 30


class Words(msgspec.Struct, frozen=True):
    """A text in both languages."""

    zh: str
    en: str

    @property
    def said(self) -> Both:
        return Both(self.zh, self.en)


class StepPlan(msgspec.Struct, frozen=True):
    """One step. `due_days`: working days before (−) or after the base day of the run; None: with the run."""

    title: Words
    evidence: Evidence = "none"
    role: str = "bookkeeper"
    help: Words = Words("", "")
    two_person: bool = False
    due_days: int | None = None


class Plan(msgspec.Struct, frozen=True):
    """A version of a checklist.

    Base day: the last day of the period; where `every` is "filing", or `base` says so, the filing day of the return
    `filing` for the period; of an occasion, the day it happened. Opens `opens_days` working days from the base day
    (None: on the first day of the period), due `due_days` working days from it; negative numbers are before it.
    """

    name: Words
    purpose: Words
    every: Every
    steps: tuple[StepPlan, ...]
    who: Who = "all"
    filing: str = ""
    base: Base = "period"
    event: str = ""
    opens_days: int | None = None
    due_days: int = 0
    lead: Lead = "bookkeeper"
    two_person: bool = True
    sample_percent: int = 0
    after_leaving: bool = False  # goes on when the client has left
    procedure: str = ""  # the starter key of the procedure that says how
    source: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """When the run of one period is made and when it is due."""

    period: str
    base: date
    opens: date
    due: date
    provisional: bool


def windows(plan: Plan, client: Client, filings: FilingCalendar, today: date) -> list[Window]:
    """The periods whose run should be there today: opened, and not past their due day."""
    found = (_window(plan, period, filings) for period in _periods(_length(plan, client), today))
    return [w for w in found if w is not None and w.opens <= today <= w.due]


def window_of(plan: Plan, period: str, filings: FilingCalendar) -> Window | None:
    """The window of one period ("2026-11", "2026-Q4", "2026"); None where its filing has no day of its own."""
    return _window(plan, period, filings)


def applies(plan: Plan, client: Client) -> bool:
    """Whether clients of this kind get it; a sample is drawn from all."""
    return plan.who in ("all", "sample", client.taxpayer_kind)


def of_occasion(calendar: Calendar, day: date, plan: Plan) -> date:
    """The due day of a run that began with an event or by hand."""
    return calendar.add_working_days(day, plan.due_days)


def first_day(period: str) -> date:
    year, _dash, part = period.partition("-")
    if part.startswith("Q"):
        return date(int(year), int(part[1]) * 3 - 2, 1)
    return date(int(year), int(part or 1), 1)


def last_day(period: str) -> date:
    """The last day of a month, a quarter or a year."""
    start = first_day(period)
    months = 12 if "-" not in period else 3 if "Q" in period else 1
    return last_day_of_term(start, months)


def _length(plan: Plan, client: Client) -> str:
    if plan.every == "filing":
        return client.filing_period if plan.filing == "vat" else "quarter"
    return plan.every


def _periods(length: str, today: date) -> list[str]:
    """The period that is running and the one before it."""
    if length == "month":
        return [month_name(month_number(today) - back) for back in (1, 0)]
    if length == "quarter":
        return [quarter_name(quarter_number(today) - back) for back in (1, 0)]
    return [str(today.year - 1), str(today.year)] if length == "year" else []


def _window(plan: Plan, period: str, filings: FilingCalendar) -> Window | None:
    calendar, base, provisional = filings.calendar, last_day(period), False
    if plan.every == "filing" or plan.base == "filing":
        due = filings.due(plan.filing, period)
        if due is None:
            return None
        base, provisional = due.day, due.provisional
    opens = first_day(period) if plan.opens_days is None else calendar.add_working_days(base, plan.opens_days)
    ends = calendar.add_working_days(base, plan.due_days)
    return Window(period, base, opens, ends, provisional or calendar.is_provisional(opens, ends))
