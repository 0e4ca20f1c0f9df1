"""What comes back, how dense anomalies are in the books, and whether training helped (domain.md W5)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.models import Case
from saas.improvement.causes import recurrence, training
from saas.improvement.measuring.counting import confirmed, moments, vouchers
from saas.improvement.measuring.rates import Rate, against, ratio, wilson
from saas.insights.measures.cases import URL
from saas.insights.measures.counted import cohort_of, exact, listed, narrowed, placed, shares
from saas.insights.measures.measure import SMALLEST_SHOWN, BySpan, Cuts, Figure, Measure, Row, Rows, Scope
from saas.insights.models import ClosingFact
from saas.kernel import clock
from saas.kernel.i18n import Both, Text, _
from saas.kernel.tenancy import of_this_firm
from saas.training.queries import published


def _found(scope: Scope) -> Select[Any]:
    begin, end = moments(scope.since, scope.until)
    query = cohort_of(Case.id, Case.number, Case.opened_at, Case.client_id, Case.rule).where(
        *confirmed(), Case.opened_at >= begin, Case.opened_at < end
    )
    return narrowed(query, scope, cause=Case.cause_code, rule=Case.rule)


async def _density(session: AsyncSession, scope: Scope, cuts: Cuts) -> list[Figure]:
    """n is the vouchers; `hits` the confirmed cases."""
    rows = _found(scope).order_by(None).subquery()
    query = select(placed(rows.c.at, cuts), func.count()).select_from(rows).group_by("place")
    cases = {row[0]: row[1] for row in (await session.execute(query)).all()}
    books = await vouchers(session, scope.since, scope.until)
    n = [0] * len(cuts)
    for day, made in books.items():
        n[bisect_right(cuts, day) - 1] += made
    return [_density_of(cases.get(place, 0), each) for place, each in enumerate(n)]


def _density_of(cases: int, n: int) -> Figure:
    if n < SMALLEST_SHOWN:
        return Figure(n, hidden=n > 0, hits=cases)
    low, high = wilson(cases, n)
    return Figure(n, exact(Decimal(1000 * cases) / n), exact(low * 1000), exact(high * 1000), hits=cases)


async def _density_rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
    return await listed(session, _found(scope), offset, limit, url=URL, words=str, head=_("Rule"))


async def _closings(session: AsyncSession, scope: Scope) -> Select[Any]:
    """Closings of the period that are 90 days old, and whether the same came back (insights/closing_facts.py)."""
    begin, _end = moments(scope.since, scope.until)
    end = min(_end, moments(clock.today(), clock.today())[1] - recurrence.WITHIN)
    name = select(Case.rule.concat(" ").concat(Case.object)).where(
        of_this_firm(Case), Case.id == ClosingFact.case_id
    )  # fmt: skip
    query = cohort_of(
        ClosingFact.case_id, name.scalar_subquery(), ClosingFact.at, ClosingFact.client_id,
        ClosingFact.again_at.is_not(None),
    ).where(of_this_firm(ClosingFact), ClosingFact.at >= begin, ClosingFact.at < end)  # fmt: skip
    return narrowed(query, scope, client=ClosingFact.client_id, rule=ClosingFact.rule)


async def _effects(session: AsyncSession, scope: Scope) -> list[tuple[Text, UUID, training.Effect]]:
    """Of every course in use with somebody whose first certificate lies in the period and is 90 days old."""
    today = clock.today()
    found: list[tuple[Text, UUID, training.Effect]] = []
    hits_of: dict[tuple[tuple[str, ...], tuple[str, ...]], training.Daily] = {}
    passes = {course.id: await training.first_passes(session, course.id) for course, _v in await published(session)}
    everybody = [day for members in passes.values() for day in members.values()]
    if not everybody:
        return []
    since = min(everybody) - timedelta(days=training.DAYS)
    books = await training.vouchers_by_bookkeeper(session, since, today)
    for course, version in await published(session):
        passed = passes[course.id]
        key = (tuple(version.rules), tuple(version.causes))
        if key not in hits_of:
            hits_of[key] = await training.cases_by_bookkeeper(session, since, today, *key)
        asked = {member: day for member, day in passed.items() if scope.since <= day <= scope.until}
        if effect := training.effect(asked, hits_of[key], books, today):
            found.append((Both(version.title["zh"], version.title["en"]), course.id, effect))
    return found


async def _training(session: AsyncSession, scope: Scope) -> Figure:
    """All courses together: the change of those who passed, divided by the change of their untrained peers."""
    effects = await _effects(session, scope)
    people = sum(effect.people for _title, _id, effect in effects)
    if not effects:
        return Figure(0)
    before, after, peers_before, peers_after = (
        _together([getattr(effect, name) for _title, _id, effect in effects], scope)
        for name in ("before", "after", "peers_before", "peers_after")
    )
    parts = tuple(
        (title, exact(effect.net.value)) for title, _id, effect in effects if not effect.few and effect.net.value
    )
    few = before.few or after.few or before.count + after.count < SMALLEST_SHOWN
    own, peers = ratio(after, before), ratio(peers_after, peers_before)
    net = against(own, peers) if not (peers_before.few or peers_after.few) else own
    if few or net.value is None:
        return Figure(people, hidden=True)
    high = exact(net.high) if net.high < float("inf") else None
    shown = tuple((title, value) for title, value in parts if value is not None)
    return Figure(people, exact(net.value), exact(net.low), high, shown)


def _together(rates: Sequence[Rate], scope: Scope) -> Rate:
    return Rate(sum(r.count for r in rates), sum(r.base for r in rates), scope.since, scope.until)


async def _training_rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
    """A row a course: cases and vouchers before and after of those who passed."""
    effects = await _effects(session, scope)

    def words(rate: Rate) -> str:
        return f"{rate.count} / {rate.base}"

    rows = tuple(
        Row(str(title), f"/training/courses/{course_id}", (str(e.people), words(e.before), words(e.after),
                                                           words(e.peers_before), words(e.peers_after)))
        for title, course_id, e in effects[offset : offset + limit]
    )  # fmt: skip
    heads = (_("People"), _("Cases / vouchers before"), _("Cases / vouchers after"), _("Peers before"),
             _("Peers after"))  # fmt: skip
    return Rows(len(effects), rows, heads)


DENSITY = Measure(
    "anomaly_density", _("Anomalies per 1,000 vouchers"), "anomalies", "per_1000",
    _("Confirmed cases found in the period ÷ vouchers dated in the period × 1,000."),
    _("Cases by the day they were opened, vouchers by their date."),
    _("The table of cases; the vouchers of the version of each month’s books that counts now."),
    _("Void vouchers; dismissed and explained cases; months whose books were never imported."),
    BySpan(_density), _density_rows, better="down", kpi="Anomaly density", filters=frozenset({"cause", "rule"}),
)  # fmt: skip
RECURRENCE = Measure(
    "recurrence", _("Came back within 90 days"), "anomalies", "share",
    _("Closed cases after which, within 90 days, the same case was reopened or another of the same client and rule "
      "was opened ÷ closed cases."),
    _("Cases closed in the period and at least 90 days ago."), _("The stage log and the table of cases."),
    _("Cases without a rule; closings because nothing was wrong; closings younger than 90 days."),
    *shares(_closings, URL, _("Came back")), better="down", kpi="Recurrence rate",
    filters=frozenset({"client_id", "rule"}),
)  # fmt: skip
TRAINING = Measure(
    "training_effect", _("Effect of training"), "learning", "ratio",
    _("Anomalies per 1,000 vouchers in the 90 days after the first certificate ÷ those in the 90 days before, divided "
      "by the same ratio of untrained peers in the same days. Below 1 the training helped."),
    _("People whose first certificate was issued in the period and at least 90 days ago."),
    _("Certificates, confirmed cases and vouchers of each person’s clients."),
    _("People without books of their own; withdrawn certificates; fewer than five cases in all."),
    _training, _training_rows, better="down", kpi="Training effect", part_unit="ratio",
)  # fmt: skip

MEASURES = (DENSITY, RECURRENCE, TRAINING)
