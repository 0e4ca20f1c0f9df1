"""What clients say: satisfaction, recommendation, effort, how many answer, complaints (domain.md W5).

The latest answer to a survey counts. Which scale a question has stands with the survey as it was asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.models import Case
from saas.clients.models import Client
from saas.improvement.measuring.counting import moments
from saas.insights.measures.counted import client_name, cohort_of, exact, listed, narrowed, placed, share_of, shares
from saas.insights.measures.measure import (
    SMALLEST_SHOWN,
    BySpan,
    Cuts,
    Figure,
    FigureOf,
    Measure,
    Row,
    Rows,
    RowsOf,
    Scope,
)
from saas.insights.models import AnswerFact
from saas.kernel import clock
from saas.kernel.i18n import Text, _
from saas.kernel.months import following_month, month_end
from saas.kernel.pages import show_date
from saas.kernel.tenancy import of_this_firm
from saas.surveys.models import Survey

SATISFIED = 4
FILTERS = frozenset({"client_id", "member_id", "team"})
ANSWERS = _("The latest answer to each survey.")
BY_ANSWER = _("Surveys answered in the period.")
CORRECTED = _("Earlier answers that were corrected later; texts and choices.")
Counts = Sequence[tuple[Decimal, int]]  # a value and how many surveys gave it


def said(scope: Scope, scale: str) -> Select[Any]:
    """The answers on one scale to surveys answered in the period ("1-5", "0-10", "1-7"), a survey with several such
    questions by their mean (insights/answer_facts.py)."""
    begin, end = moments(scope.since, scope.until)
    fact = AnswerFact
    columns: tuple[Any, ...] = (fact.survey_id, fact.client_id, fact.at, fact.value)
    query: Select[Any] = select(*columns).where(
        of_this_firm(fact), fact.scale == scale, fact.at >= begin, fact.at < end
    )
    return narrowed(query, scope, client=fact.client_id, member=fact.member_id)


PAGES = {"case": "/cases", "refund": "/refunds"}  # what a survey was about; "/clients" for the rest


def scale_of(scale: str, count: Callable[[Counts], Figure], *, worst_first: bool = True) -> tuple[FigureOf, RowsOf]:
    """A figure counted from the answers on one scale, and the answers."""

    async def figures(session: AsyncSession, scope: Scope, cuts: Cuts) -> list[Figure]:
        rows = said(scope, scale).subquery()
        query = select(placed(rows.c.at, cuts), rows.c.value, func.count()).group_by("place", rows.c.value)
        found: dict[int, list[tuple[Decimal, int]]] = {}
        for place, value, n in (await session.execute(query)).all():
            found.setdefault(place, []).append((Decimal(value) / 1000, n))
        return [count(found.get(place, ())) for place in range(len(cuts))]

    async def rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
        answers = said(scope, scale).subquery()
        total = (await session.execute(select(func.count()).select_from(answers))).scalar_one()
        order = answers.c.value if worst_first else answers.c.value.desc()
        page = select(answers).order_by(order, answers.c.at.desc(), answers.c.survey_id).offset(offset).limit(limit)
        one = page.subquery()
        query = (
            select(one.c.at, one.c.value, client_name(), Survey.subject_kind, Survey.subject_id)
            .join(Survey, (Survey.id == one.c.survey_id) & of_this_firm(Survey))
            .join(Client, (Client.id == one.c.client_id) & of_this_firm(Client))
            .order_by(one.c.value if worst_first else one.c.value.desc(), one.c.at.desc(), one.c.survey_id)
        )
        shown = tuple(
            Row(client, f"{PAGES.get(kind, '/clients')}/{subject_id}", (show_date(at), f"{Decimal(value) / 1000:.1f}"))
            for at, value, client, kind, subject_id in (await session.execute(query)).all()
        )
        return Rows(total, shown, (_("Date"), _("Answer")))

    return BySpan(figures), rows


def _sum(values: Counts, least: int, most: int = 10) -> int:
    return sum(count for value, count in values if least <= value <= most)


def csat(values: Counts) -> Figure:
    """The share of 4 and 5."""
    return share_of(_sum(values, SATISFIED), _sum(values, 0))


def nps(values: Counts) -> Figure:
    """%9–10 − %0–6, from −100 to 100."""
    n, promoters, detractors = _sum(values, 0), _sum(values, 9), _sum(values, 0, 6)
    parts = (
        (_("Promoters (9–10)"), promoters),
        (_("Passive (7–8)"), n - promoters - detractors),
        (_("Detractors (0–6)"), detractors),
    )
    if n < SMALLEST_SHOWN:
        return Figure(n, hidden=n > 0)
    return Figure(n, exact(Decimal(100 * (promoters - detractors)) / n), parts=parts)


def ces(values: Counts) -> Figure:
    """The mean of 1–7."""
    n = _sum(values, 0)
    if n < SMALLEST_SHOWN:
        return Figure(n, hidden=n > 0)
    return Figure(n, exact(sum((value * count for value, count in values), Decimal(0)) / n))


async def _asked(session: AsyncSession, scope: Scope) -> Select[Any]:
    begin, end = moments(scope.since, scope.until)
    query = cohort_of(
        Survey.id, Survey.subject_kind, Survey.sent_at, Survey.client_id, Survey.answered_at.is_not(None)
    ).where(of_this_firm(Survey), Survey.sent_at >= begin, Survey.sent_at < end)
    return narrowed(query, scope, client=Survey.client_id, member=Survey.handler_id)


def _complaints(scope: Scope) -> Select[Any]:
    begin, end = moments(scope.since, scope.until)
    query = cohort_of(Case.id, Case.number, Case.opened_at, Case.client_id, Case.opened_at).where(
        of_this_firm(Case), Case.source == "complaint", Case.opened_at >= begin, Case.opened_at < end
    )
    return narrowed(query, scope, client=Case.client_id, member=Case.owner_id)


async def active_clients(session: AsyncSession, day: date, scope: Scope | None = None) -> int:
    """Clients that were with the firm at the end of a day."""
    end = moments(day, day)[1]
    query: Select[Any] = select(func.count()).where(
        of_this_firm(Client), Client.created_at < end, Client.merged_into_id.is_(None),
        Client.archived_at.is_(None) | (Client.archived_at >= end),
    )  # fmt: skip
    if scope is not None:
        query = narrowed(query, scope, client=Client.id, member=Client.bookkeeper_id)
    return int(await session.scalar(query) or 0)


def month_ends(since: date, until: date) -> list[date]:
    """The last day of each calendar month the period touches, today at the latest."""
    found, first = [], date(since.year, since.month, 1)
    while first <= until:
        found.append(min(month_end(first), until, clock.today()))
        first = following_month(first)
    return sorted(set(found))


async def _complaint_rate(session: AsyncSession, scope: Scope) -> Figure:
    """n: client months. Hits: complaints."""
    rows = _complaints(scope).subquery()
    hits = (await session.execute(select(func.count()).select_from(rows))).scalar_one()
    n = sum([await active_clients(session, day, scope) for day in month_ends(scope.since, scope.until)])
    return share_of(min(hits, n), n) if n else Figure(0, hits=hits)


async def _complaint_rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
    return await listed(
        session, _complaints(scope), offset, limit, url="/cases/{id}", words=show_date, head=_("Told on")
    )


def _of(
    key: str, name: Text, unit: Any, definition: Text, functions: tuple[FigureOf, RowsOf], kpi: str, better: Any
) -> Measure:
    return Measure(key, name, "satisfaction", unit, definition, BY_ANSWER, ANSWERS, CORRECTED, *functions,
                   better=better, kpi=kpi, filters=FILTERS)  # fmt: skip


CSAT = _of(
    "csat", _("Satisfied clients (CSAT)"), "share",
    _("Answers of 4 or 5 on the scale from 1 to 5 ÷ answers. A survey with several such questions counts once, with "
      "their mean. The response rate belongs beside it."),
    scale_of("1-5", csat), "CSAT", "up",
)  # fmt: skip
NPS = _of(
    "nps", _("Recommendation (NPS)"), "score",
    _("The share of 9 and 10 less the share of 0 to 6 on the scale from 0 to 10, in points from −100 to 100."),
    scale_of("0-10", nps), "NPS", "up",
)  # fmt: skip
CES = _of(
    "ces", _("Effort (CES)"), "score",
    _("The mean of the answers on the scale from 1 (very easy) to 7 (very hard)."),
    scale_of("1-7", ces, worst_first=False), "CES", "down",
)  # fmt: skip
RESPONSE = Measure(
    "response_rate", _("Surveys answered"), "satisfaction", "share",
    _("Surveys answered ÷ surveys sent."), _("Surveys sent in the period."), _("The table of surveys."),
    _("Surveys that could not be sent; opening the link without answering is no answer."),
    *shares(_asked, "", _("Answered"), first=False), better="up", kpi="CSAT", filters=FILTERS,
)  # fmt: skip
COMPLAINTS = Measure(
    "complaint_rate", _("Complaints"), "satisfaction", "share",
    _("Complaints ÷ clients at the end of each month, added up over the months of the period: complaints a client "
      "and month."),
    _("Complaints opened in the period."), _("Cases that are complaints; the list of clients."),
    _("Anomalies that a client told us of: those are no complaints."),
    _complaint_rate, _complaint_rows, better="down", kpi="Complaint rate", filters=FILTERS,
)  # fmt: skip

MEASURES = (CSAT, RESPONSE, NPS, CES, COMPLAINTS)
