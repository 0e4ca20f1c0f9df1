"""Which leads become clients, by where they came from (requirement R20.4)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.improvement.measuring.counting import moments
from saas.insights.measures.counted import cohort_of, exact, listed, narrowed, share_by_span, share_of, yes_no
from saas.insights.measures.measure import SMALLEST_SHOWN, BySpan, Cuts, Figure, Measure, Rows, Scope
from saas.kernel.i18n import _
from saas.kernel.tenancy import of_this_firm
from saas.services.sources.source_models import Lead
from saas.services.words import SOURCES


def _decided(scope: Scope) -> Select[Any]:
    """Leads won or lost in the period; the mark says which."""
    begin, end = moments(scope.since, scope.until)
    query = cohort_of(Lead.id, Lead.company, Lead.closed_at, Lead.client_id, Lead.state == "won").where(
        of_this_firm(Lead), Lead.state.in_(("won", "lost")), Lead.closed_at >= begin, Lead.closed_at < end
    )
    return narrowed(query, scope, client=Lead.client_id, member=Lead.owner_id)


async def _conversion(session: AsyncSession, scope: Scope, cuts: Cuts) -> list[Figure]:
    """Beside the last: the same of each source with five leads or more."""
    *earlier, whole = await share_by_span(session, _decided(scope), cuts)
    rows = _decided(scope.between(cuts[-1], scope.until)).add_columns(Lead.source.label("source")).subquery()
    query = select(rows.c.source, func.count(), func.count().filter(rows.c.mark)).group_by(rows.c.source)
    found = {row[0]: (row[1], row[2]) for row in (await session.execute(query)).all()}
    parts = [
        (label, exact(Decimal(found[source][1]) / found[source][0]) or Decimal(0))
        for source, label in SOURCES.items()
        if source in found and found[source][0] >= SMALLEST_SHOWN
    ]
    return [*earlier, share_of(whole.hits or 0, whole.n, parts)]


async def _rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
    return await listed(
        session, _decided(scope), offset, limit, url="/services/leads/{id}", words=yes_no, head=_("Became a client"),
        first=False,
    )  # fmt: skip


CONVERSION = Measure(
    "lead_conversion", _("Leads won"), "trade", "share",
    _("Leads that became clients ÷ leads won or lost; beside it the same for each source that five leads or more came "
      "from."),
    _("Leads decided in the period."), _("The table of leads."), _("Leads still open; a lead reopened counts anew."),
    BySpan(_conversion), _rows, better="up", kpi="新签, 转介绍率", part_unit="share",
    filters=frozenset({"client_id", "member_id", "team"}),
)  # fmt: skip

MEASURES = (CONVERSION,)
