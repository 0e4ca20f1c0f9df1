"""The rates of the filing register as measures of the firm (accounting.md §9); saas.filings counts them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client
from saas.filings import measures as register
from saas.filings.models import RegisteredFiling as Filing
from saas.filings.profile import name_of, period_name
from saas.filings.standing import STANDINGS, standing
from saas.insights.measures.counted import client_name, share_of
from saas.insights.measures.measure import Figure, FigureOf, Measure, Row, Rows, Scope
from saas.kernel import clock
from saas.kernel.i18n import _
from saas.kernel.pages import show_date
from saas.kernel.tenancy import of_this_firm

KPIS = {
    "missed_rate": "漏报率", "late_rate": "逾期申报率", "in_time_rate": "报税及时率", "zero_rate": "零申报率",
    "amended_own_rate": "更正申报率", "amended_client_rate": "更正申报率",
}  # fmt: skip


def _cohort(scope: Scope) -> register.Cohort:
    return register.Cohort(scope.since, scope.until, scope.client_id, scope.member_id)


def _due(scope: Scope) -> Select[Any]:
    """The returns whose due day lies in the period and has passed, the latest first."""
    columns: list[Any] = [Filing, client_name()]
    query: Select[Any] = (
        select(*columns)
        .join(Client, and_(Client.firm_id == Filing.firm_id, Client.id == Filing.client_id))
        .where(of_this_firm(Filing), Filing.waived_on.is_(None), Filing.due_on < clock.today())
        .where(Filing.due_on.between(scope.since, scope.until))
        .order_by(Filing.due_on.desc(), Filing.accepted_on.desc().nulls_first(), Filing.id)
    )
    if scope.client_id is not None:
        query = query.where(Filing.client_id == scope.client_id)
    return query.where(Client.bookkeeper_id == scope.member_id) if scope.member_id is not None else query


def _figure(name: str) -> FigureOf:
    async def figure(session: AsyncSession, scope: Scope) -> Figure:
        found = await register.tally(session, _cohort(scope))
        hits, n = register.MEASURES[name].of(found)
        parts = [(_("Accepted by the %(day)sth", day=day), count) for day, count in found.accepted_by.items()]
        return share_of(hits, n, parts if name == "in_time_rate" else ())

    return figure


async def _rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
    found = (await session.execute(_due(scope))).all()
    today = clock.today()
    shown = tuple(
        Row(
            str(_("%(name)s %(period)s", name=name_of(filing.code), period=period_name(filing.period))),
            f"/clients/{filing.client_id}",
            (client, show_date(filing.due_on), str(STANDINGS[standing(filing, today)].label)),
        )
        for filing, client in found[offset : offset + limit]
    )
    return Rows(len(found), shown, (_("Client"), _("Due on"), _("State")))


MEASURES = tuple(
    Measure(
        name, one.label, "trade", "share", one.definition,
        _("Returns whose due day lies in the period and has passed."), _("The filing register."),
        _("Returns that are not required (非必报)."), _figure(name), _rows,
        better="down" if one.wanted == "low" else "up", kpi=KPIS[name], filters=frozenset({"client_id", "member_id"}),
    )
    for name, one in register.MEASURES.items()
    if name in KPIS
)  # fmt: skip
