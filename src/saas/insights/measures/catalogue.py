"""All measures by key, and their course over time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from saas.insights.measures import (
    cases,
    filings,
    flow,
    learning,
    notices,
    quality_cost,
    quality_of_books,
    recurring,
    refund_costs,
    refunds,
    renewals,
    risk,
    satisfaction,
    sources,
    trade,
)
from saas.insights.measures.measure import Figure, Measure, Scope
from saas.kernel.months import months_after

SUBJECTS = (
    cases, flow, recurring, notices, refunds, refund_costs, satisfaction, learning, risk, quality_cost,
    quality_of_books, renewals, trade, filings, sources,
)  # fmt: skip
MEASURES: dict[str, Measure] = {measure.key: measure for subject in SUBJECTS for measure in subject.MEASURES}

Span = Literal["week", "month", "quarter", "year"]
MONTHS: dict[str, int] = {"month": 1, "quarter": 3, "year": 12}


def spans(since: date, until: date, by: Span = "month") -> Iterator[tuple[date, date]]:
    """(first, last) of each calendar span that touches the two dates, cut to them."""
    start = since - timedelta(days=since.weekday()) if by == "week" else _first(since, MONTHS[by])
    while start <= until:
        following = start + timedelta(days=7) if by == "week" else months_after(start, MONTHS[by])
        yield max(start, since), min(following - timedelta(days=1), until)
        start = following


async def series(
    session: AsyncSession, measure: Measure, scope: Scope, by: Span = "month"
) -> list[tuple[tuple[date, date], Figure]]:
    """The measure for each span of the scope; a figure's cohort is the span's own."""
    cut = list(spans(scope.since, scope.until, by))
    return list(zip(cut, await measure.over(session, scope, cut) if cut else [], strict=True))


def _first(day: date, months: int) -> date:
    return date(day.year, (day.month - 1) // months * months + 1, 1)
