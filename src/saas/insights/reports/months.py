"""Months as reports know them: their key "2026-10", their name, and why one has no report yet."""

from __future__ import annotations

import re
from datetime import date, timedelta

from saas.insights.dashboards.asking import Asked
from saas.insights.dashboards.periods import period_of
from saas.insights.measures.measure import Scope
from saas.kernel import clock
from saas.kernel.i18n import Text, _
from saas.kernel.months import month_name, month_number
from saas.kernel.pages import show_date

MONTHS = (
    _("January"), _("February"), _("March"), _("April"), _("May"), _("June"), _("July"), _("August"), _("September"),
    _("October"), _("November"), _("December"),
)  # fmt: skip
SHORT = (
    _("Jan"), _("Feb"), _("Mar"), _("Apr"), _("May"), _("Jun"), _("Jul"), _("Aug"), _("Sep"), _("Oct"), _("Nov"),
    _("Dec"),
)  # fmt: skip
OFFERED = 12  # months one may ask for at once; older ones by their number


def month_title(key: str) -> Text:
    return _("%(month)s %(year)s", month=MONTHS[int(key[5:]) - 1], year=key[:4])


def month_of(day: date) -> Text:
    """How a month stands under a column."""
    return SHORT[day.month - 1]


def asked_for(key: str) -> Asked | None:
    """The month with the five before it, without filters; None where this is no month."""
    period = period_of(key, clock.today()) if re.fullmatch(r"\d{4}-\d{2}", key) else None
    return Asked(period, Scope(period.since, period.until), {"period": key}) if period is not None else None


def why_not(key: str, today: date) -> Text | None:
    """The sentence for a month that cannot be reported, None where it can."""
    wanted = asked_for(key)
    if wanted is None:
        return _("“%(text)s” is no month. Write it like 2026-10.", text=key[:20])
    if wanted.period.since > today:
        return _("%(month)s has not begun yet: there is nothing to report.", month=month_title(key))
    if wanted.period.until >= today:
        day = show_date(wanted.period.until + timedelta(days=1))
        return _("%(month)s is not over yet: its report is made on %(day)s.", month=month_title(key), day=day)
    return None


def offered(today: date) -> list[str]:
    """The months that are over, the last one first."""
    return [month_name(month_number(today) - back) for back in range(1, OFFERED + 1)]
