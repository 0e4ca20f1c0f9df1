"""How many defects the books of a month hold, by hundred of its vouchers.

Unlike the density of anomalies, which counts what was found in a month, this counts what was wrong in it.
"""

from __future__ import annotations

from bisect import bisect_right
from decimal import Decimal
from typing import Any

from sqlalchemy import DateTime, Select, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checks.models import FoundAnomaly
from saas.improvement.measuring.counting import A_VOUCHER, book_lines, moments
from saas.improvement.measuring.rates import wilson
from saas.insights.measures.counted import cohort_of, exact, listed, narrowed, placed
from saas.insights.measures.measure import SMALLEST_SHOWN, BySpan, Cuts, Figure, Measure, Rows, Scope
from saas.kernel.i18n import _
from saas.kernel.tenancy import of_this_firm
from saas.ledgers.models import LedgerLine

TRUE = ("confirmed", "cured")  # somebody took it up, or the books were mended


def _defects(scope: Scope) -> Select[Any]:
    """Findings that were right, dated by the first day of the month of the books they are about."""
    begin, end = moments(scope.since, scope.until)
    first = func.timezone("Asia/Shanghai", cast(func.to_date(FoundAnomaly.period, "YYYY-MM"), DateTime))
    query = cohort_of(
        FoundAnomaly.id, func.concat_ws(" ", FoundAnomaly.rule, FoundAnomaly.period), first, FoundAnomaly.client_id,
        FoundAnomaly.severity,
    ).where(
        of_this_firm(FoundAnomaly), FoundAnomaly.state.in_(TRUE), FoundAnomaly.severity != "info",
        FoundAnomaly.period.between(f"{scope.since:%Y-%m}", f"{scope.until:%Y-%m}"), first >= begin, first < end,
    )  # fmt: skip
    return narrowed(query, scope, client=FoundAnomaly.client_id, rule=FoundAnomaly.rule)


async def _per_hundred(session: AsyncSession, scope: Scope, cuts: Cuts) -> list[Figure]:
    """n is the vouchers; `hits` the defects."""
    rows = _defects(scope).order_by(None).subquery()
    query = select(placed(rows.c.at, cuts), func.count()).select_from(rows).group_by("place")
    defects = {row[0]: row[1] for row in (await session.execute(query)).all()}
    n = [0] * len(cuts)
    for day, made in await _vouchers(session, scope):
        n[bisect_right(cuts, day) - 1] += made
    return [_figure(defects.get(place, 0), each) for place, each in enumerate(n)]


async def _vouchers(session: AsyncSession, scope: Scope) -> Any:  # rows of (day, how many)
    lines = book_lines(select(LedgerLine.date.label("day")), scope.since, scope.until)
    mine = narrowed(lines, scope, client=LedgerLine.client_id)
    one = mine.group_by(*A_VOUCHER).subquery()
    return (await session.execute(select(one.c.day, func.count()).group_by(one.c.day))).all()


def _figure(defects: int, n: int) -> Figure:
    if n < SMALLEST_SHOWN:
        return Figure(n, hidden=n > 0, hits=defects)
    low, high = wilson(min(defects, n), n)
    return Figure(n, exact(Decimal(100 * defects) / n), exact(low * 100), exact(high * 100), hits=defects)


async def _rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
    return await listed(session, _defects(scope), offset, limit, url="/findings/{id}", words=str, head=_("Severity"))


MEASURES = (
    Measure(
        "defects_per_hundred", _("Defects per 100 vouchers"), "anomalies", "per_100",
        _("Findings that were right about the books of the period ÷ vouchers dated in it × 100. One voucher may hold "
          "several defects."),
        _("Findings by the month of the books they are about, vouchers by their date."),
        _("Findings that became a case or were cured; the version of each month’s books that counts now."),
        _("Findings for information, dismissed and excepted ones, those of no month; void vouchers."),
        BySpan(_per_hundred), _rows, better="down", filters=frozenset({"client_id", "rule"}),
    ),
)  # fmt: skip
