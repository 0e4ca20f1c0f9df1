"""Anomaly cases as a flow: how old the open ones are, who found them, how many a reviewer sent back (domain.md W5)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.listing import AGES, opened_between
from saas.cases.models import Case
from saas.cases.words import SOURCES
from saas.cases.workflow import OPEN
from saas.insights.measures.cases import BY_CLOSING, CASES, FILTERS, LOG, URL, summed
from saas.insights.measures.counted import Words, cohort_of, listed, narrowed, placed, share_of
from saas.insights.measures.measure import BySpan, Cuts, Figure, Measure, Rows, Scope
from saas.insights.models import Fact
from saas.kernel import clock
from saas.kernel.i18n import _
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm

MISSED = ("client", "authority")  # found by somebody else than us


def _open(scope: Scope) -> Select[Any]:
    """Cases that are open now; the mark is when they were opened."""
    query = cohort_of(Case.id, Case.number, Case.opened_at, Case.client_id, Case.opened_at).where(
        of_this_firm(Case), Case.state.in_(OPEN), Case.source != "complaint"
    )
    return narrowed(query, scope, client=Case.client_id, member=Case.owner_id, cause=Case.cause_code, rule=Case.rule)


async def _backlog(session: AsyncSession, scope: Scope) -> Figure:
    calendar, rows = await calendar_of(session), _open(scope).subquery()
    bands = []
    for age in AGES:
        after, until = opened_between(calendar, age)
        inside = [rows.c.at > after] if after else []
        inside += [rows.c.at <= until] if until else []
        bands.append(func.count().filter(*inside))
    n, *counts = (await session.execute(select(func.count(), *bands).select_from(rows))).one()
    parts = tuple((label, count) for (label, _from, _to), count in zip(AGES.values(), counts, strict=True))
    return Figure(n, Decimal(n), parts=parts)


async def _backlog_rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
    """The oldest first."""
    calendar, now = await calendar_of(session), clock.now()
    age: Words = lambda mark: str(calendar.working_minutes(mark, now) // calendar.minutes_per_day)  # noqa: E731
    return await listed(
        session, _open(scope), offset, limit, url=URL, words=age, head=_("Working days open"), first=False
    )


def _sources(scope: Scope) -> Select[Any]:
    return summed(scope, Fact.source).where(Fact.confirmed)


async def _detection(session: AsyncSession, scope: Scope, cuts: Cuts) -> list[Figure]:
    rows = _sources(scope).subquery()
    query = select(placed(rows.c.at, cuts), rows.c.mark, func.count()).group_by("place", rows.c.mark)
    found: list[dict[str, int]] = [{} for _cut in cuts]
    for place, source, n in (await session.execute(query)).all():
        found[place][source] = n
    return [_by_source(counts) for counts in found]


def _by_source(counts: dict[str, int]) -> Figure:
    parts = [(label, counts.get(source, 0)) for source, label in SOURCES.items() if source != "complaint"]
    return share_of(sum(counts.get(source, 0) for source in MISSED), sum(counts.values()), parts)


async def _detection_rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
    """Those told by clients and authorities stand among the others by the name of their source."""
    return await listed(
        session, _sources(scope), offset, limit, url=URL, words=lambda mark: str(SOURCES.get(mark, mark)),
        head=_("Found by"), first=False,
    )  # fmt: skip


async def _rework(session: AsyncSession, scope: Scope, cuts: Cuts) -> list[Figure]:
    rows = _handed_in(scope).add_columns(Fact.submitted.label("submitted")).subquery()
    query = select(placed(rows.c.at, cuts), func.sum(rows.c.mark), func.sum(rows.c.submitted)).group_by("place")
    found = {row[0]: (int(row[1]), int(row[2])) for row in (await session.execute(query)).all()}
    return [share_of(*found.get(place, (0, 0))) for place in range(len(cuts))]


def _handed_in(scope: Scope) -> Select[Any]:
    return summed(scope, Fact.returned).where(Fact.submitted > 0)


async def _rework_rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
    return await listed(session, _handed_in(scope), offset, limit, url=URL, words=str, head=_("Times sent back"))


BACKLOG = Measure(
    "backlog_age", _("Open cases by age"), "anomalies", "count",
    _("Cases that are open now, by working days since they were opened: 0–3, 4–7, 8–15, more than 15."),
    _("All cases open at this moment, whatever the period."), CASES, _("Closed and dismissed cases."),
    _backlog, _backlog_rows, better="down", kpi="Backlog age", filters=FILTERS, live=True,
)  # fmt: skip
DETECTION = Measure(
    "detection_source", _("Found by others than us"), "anomalies", "share",
    _("Confirmed cases that a client or an authority told us of ÷ confirmed cases; beside it the cases by source: "
      "a rule, our staff, the client, an authority. What a client finds first is a miss."),
    BY_CLOSING, CASES, _("Dismissed cases and those with an innocent explanation."),
    BySpan(_detection), _detection_rows, better="down", kpi="Detection source", filters=FILTERS,
)  # fmt: skip
REWORK = Measure(
    "rework", _("Sent back by the reviewer"), "anomalies", "share",
    _("Times a reviewer or manager sent the work back ÷ times it was handed in for review."),
    BY_CLOSING, LOG, _("Objections of clients and letters that were withdrawn: nobody reviewed then."),
    BySpan(_rework), _rework_rows, better="down", kpi="Rework rate", filters=FILTERS,
)  # fmt: skip

MEASURES = (BACKLOG, DETECTION, REWORK)
