"""Contracts that ended and were renewed, and clients that were lost (domain.md W5, accounting.md §9)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Numeric, Select, and_, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from saas.cases.models import Case
from saas.clients.models import Client, Contract
from saas.improvement.measuring.counting import local_day, moments
from saas.insights.measures.counted import client_name, cohort_of, exact, listed, narrowed, share_of, yes_no
from saas.insights.measures.measure import SMALLEST_SHOWN, Figure, Measure, Row, Rows, Scope
from saas.insights.measures.satisfaction import active_clients
from saas.kernel import clock
from saas.kernel.i18n import _
from saas.kernel.pages import show_date
from saas.kernel.tenancy import of_this_firm

GRACE = 30  # days after the end within which a new contract is a renewal
CLIENTS = frozenset({"client_id", "member_id", "team"})
ENDED = _("Contracts that ended in the period and were renewed or whose 30 days of grace are over.")
renewal = aliased(Contract)


def _renewal() -> ColumnElement[bool]:
    """A later contract of the same client that begins within the grace after this one's end."""
    return and_(
        of_this_firm(renewal), renewal.client_id == Contract.client_id, renewal.id != Contract.id,
        renewal.starts_on > Contract.starts_on, renewal.starts_on <= Contract.ends_on + GRACE,
        renewal.ends_on > Contract.ends_on,
    )  # fmt: skip


def _due(scope: Scope, mark: Any) -> Select[Any]:
    """Contracts that ended in the period: renewed, or their grace is over."""
    query = (
        cohort_of(Contract.id, Contract.number, Contract.ends_on, Contract.client_id, mark)
        .join(Client, (Client.firm_id == Contract.firm_id) & (Client.id == Contract.client_id))
        .where(of_this_firm(Contract), Contract.ends_on >= scope.since, Contract.ends_on <= scope.until)
        .where(or_(_renewed(), Contract.ends_on + GRACE < clock.today()))
    )
    return narrowed(query, scope, client=Contract.client_id, member=Client.bookkeeper_id)


def _renewed() -> ColumnElement[bool]:
    return select(renewal.id).where(_renewal()).exists()


def _closed_down() -> ColumnElement[bool]:
    """The client left us before the grace was over: archived, and not only merged into another."""
    left = Client.archived_at.is_not(None) & Client.merged_into_id.is_(None)
    return and_(left, local_day(Client.archived_at) <= Contract.ends_on + GRACE)


async def _retention(session: AsyncSession, scope: Scope) -> Figure:
    """Parts: the rate of clients with a case during the contract, and of those without; and how many were archived."""
    case = select(Case.id).where(
        of_this_firm(Case), Case.client_id == Contract.client_id, Case.source != "complaint",
        local_day(Case.opened_at) >= Contract.starts_on, local_day(Case.opened_at) <= Contract.ends_on,
    )  # fmt: skip
    rows = _due(scope, _renewed()).add_columns(case.exists().label("had"), _closed_down().label("gone")).subquery()
    query = select(rows.c.had, func.count(), func.count().filter(rows.c.mark), func.count().filter(rows.c.gone))
    found = {row[0]: (row[1], row[2], row[3]) for row in (await session.execute(query.group_by(rows.c.had))).all()}
    named = ((_("With a case"), True), (_("Without a case"), False))
    parts = [
        (label, exact(Decimal(found[had][1]) / found[had][0]) or Decimal(0))
        for label, had in named
        if had in found and found[had][0] >= SMALLEST_SHOWN
    ]
    n, hits, gone = (sum(row[place] for row in found.values()) for place in (0, 1, 2))
    if n >= SMALLEST_SHOWN:
        parts.append((_("Of these archived"), exact(Decimal(gone) / n) or Decimal(0)))
    return share_of(hits, n, parts)


async def _contract_rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
    """Those not renewed first; each leads to its client."""
    rows = _due(scope, _renewed()).order_by(None).subquery()
    total = (await session.execute(select(func.count()).select_from(rows))).scalar_one()
    query = select(rows, client_name().label("client")).join(
        Client, (Client.id == rows.c.client_id) & of_this_firm(Client)
    )
    found = (await session.execute(query.order_by(rows.c.mark, rows.c.at.desc(), rows.c.id).offset(offset)
                                   .limit(limit))).all()  # fmt: skip
    shown = tuple(
        Row(row.label, f"/clients/{row.client_id}", (row.client, show_date(row.at), yes_no(row.mark))) for row in found
    )
    return Rows(total, shown, (_("Client"), _("Ended on"), _("Renewed")))


async def _renewed_money(session: AsyncSession, scope: Scope) -> Figure:
    """Fee of a month, before and after; what is above the old fee is growth and shown apart."""

    def monthly(contract: Any) -> Any:
        return cast(contract.price, Numeric) / func.greatest(contract.paid_months, 1)

    after = select(func.max(monthly(renewal))).where(_renewal()).scalar_subquery()
    rows = _due(scope, monthly(Contract)).add_columns(after.label("after")).subquery()
    kept = func.sum(func.least(func.coalesce(rows.c.after, 0), rows.c.mark))
    query = select(func.count(), func.sum(rows.c.mark), kept, func.sum(func.coalesce(rows.c.after, 0)))
    n, due, renewed, net = (await session.execute(query.select_from(rows))).one()
    if n < SMALLEST_SHOWN or not due:
        return Figure(n, hidden=n > 0)
    return Figure(n, exact(Decimal(str(renewed)) / Decimal(str(due))),
                  parts=((_("With growth"), exact(Decimal(str(net)) / Decimal(str(due))) or Decimal(0)),))  # fmt: skip


async def _churn(session: AsyncSession, scope: Scope) -> Figure:
    """n: clients at the beginning. Hits: of these, archived in the period."""
    begin, end = moments(scope.since, scope.until)
    n = await active_clients(session, scope.since - timedelta(days=1), scope)
    rows = _lost(scope).where(Client.created_at < begin).subquery()
    hits = (await session.execute(select(func.count()).select_from(rows).where(rows.c.at < end))).scalar_one()
    return share_of(hits, n)


def _lost(scope: Scope) -> Select[Any]:
    begin, end = moments(scope.since, scope.until)
    query = cohort_of(Client.id, Client.number, Client.archived_at, Client.id, Client.archived_at).where(
        of_this_firm(Client), Client.archived_at >= begin, Client.archived_at < end, Client.merged_into_id.is_(None)
    )
    return narrowed(query, scope, client=Client.id, member=Client.bookkeeper_id)


async def _lost_rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
    return await listed(
        session, _lost(scope), offset, limit, url="/clients/{id}", words=show_date, head=_("Archived on")
    )


RETENTION = Measure(
    "retention", _("Contracts renewed"), "trade", "share",
    _("Contracts followed by another of the same client within 30 days of their end ÷ contracts that were due; beside "
      "it the same for clients with and without a case during the contract, and the share of clients archived since."),
    ENDED, _("The tables of contracts and cases."), _("Contracts still in their days of grace."),
    _retention, _contract_rows, better="up", kpi="Retention", part_unit="share", filters=CLIENTS,
)  # fmt: skip
RENEWED_MONEY = Measure(
    "renewed_money", _("Fees renewed"), "trade", "share",
    _("The monthly fee of the renewals, each at most the old fee, ÷ the monthly fee of the contracts that were due; "
      "beside it the same with growth."),
    ENDED, _("The table of contracts; a month’s fee is the price ÷ the months paid for."),
    _("Contracts still in their days of grace; gift months."),
    _renewed_money, _contract_rows, better="up", kpi="金额续费率", part_unit="share", filters=CLIENTS,
)  # fmt: skip
CHURN = Measure(
    "churn", _("Clients lost"), "trade", "share",
    _("Clients archived in the period ÷ clients at its beginning."),
    _("Clients that were with the firm when the period began."), _("The list of clients."),
    _("Clients merged into another; those that came and went within the period."),
    _churn, _lost_rows, better="down", kpi="流失率", filters=CLIENTS,
)  # fmt: skip

MEASURES = (RETENTION, RENEWED_MONEY, CHURN)
