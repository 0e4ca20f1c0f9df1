"""Clients × months, loaded with one query a stage however many clients a page shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.models import Case
from saas.cases.period_board.stages import Month
from saas.cases.workflow import OPEN
from saas.checks.models import CheckRun, FoundAnomaly
from saas.clients.models import Client
from saas.filings import queries as filings
from saas.filings.models import FilingSwitch
from saas.filings.profile import ending, in_force
from saas.kernel.months import month_name, month_number
from saas.kernel.tenancy import of_this_firm
from saas.ledgers.models import PeriodVersion

MONTHS = 6


def last_months(today: date, count: int = MONTHS) -> list[str]:
    """The newest first, this month among them."""
    return [month_name(month_number(today) - back) for back in range(count)]


async def clients_page(
    session: AsyncSession, size: int, *, member_id: UUID | None = None, after: UUID | None = None
) -> tuple[Sequence[Client], bool]:
    """Active clients by pinyin, and whether more follow."""
    query = select(Client).where(of_this_firm(Client), Client.archived_at.is_(None), Client.merged_into_id.is_(None))
    if member_id is not None:
        query = query.where(Client.bookkeeper_id == member_id)
    if after is not None:
        query = query.where(await filings.beyond(session, after))
    found = (await session.scalars(query.order_by(Client.sort_key, Client.id).limit(size + 1))).all()
    return found[:size], len(found) > size


async def grid(
    session: AsyncSession, clients: Sequence[Client], months: Sequence[str]
) -> dict[tuple[UUID, str], Month]:
    """Every client's every month."""
    client_ids = [client.id for client in clients]
    set_for = await filings.switches(session, client_ids)
    found = {
        (client.id, month): Month(client.id, month, expects=_expects(client, set_for[client.id], month))
        for client in clients
        for month in months
    }
    for key, row in (await filings.documents(session, client_ids, months)).items():
        found[key].received_on = row.received_on
    for filing in await filings.of_months(session, client_ids, months):
        found[filing.client_id, filing.last_month].filings.append(filing)
    await _books(session, found, client_ids, months)
    await _findings(session, found, client_ids, months)
    cases = select(Case).where(
        of_this_firm(Case), Case.client_id.in_(client_ids), Case.period.in_(months), Case.state.in_(OPEN)
    )
    for case in await session.scalars(cases.order_by(Case.opened_at)):
        found[case.client_id, case.period or ""].cases.append(case)
    return found


def _expects(client: Client, set_for: Sequence[FilingSwitch], month: str) -> bool:
    """Whether a monthly or quarterly return belongs to this month."""
    usual = in_force(client, set_for, month).values()
    return any(every != "year" and ending(every, month) is not None for every in usual)


async def _books(
    session: AsyncSession, found: dict[tuple[UUID, str], Month], ids: Sequence[UUID], months: Sequence[str]
) -> None:
    """Months whose lines are imported, and those that a check covered."""
    books = select(PeriodVersion.client_id, PeriodVersion.period).where(
        of_this_firm(PeriodVersion), PeriodVersion.client_id.in_(ids), PeriodVersion.period.in_(months),
        PeriodVersion.is_current, PeriodVersion.content == "lines",
    )  # fmt: skip
    for client_id, period in await session.execute(books):
        found[client_id, period].has_books = True
    runs = select(CheckRun.client_id, CheckRun.first_period, CheckRun.last_period).where(
        of_this_firm(CheckRun), CheckRun.client_id.in_(ids), CheckRun.last_period >= min(months)
    )
    for client_id, first, last in await session.execute(runs.distinct()):
        for month in months:
            if first and last and first <= month <= last:
                found[client_id, month].checked = True


async def _findings(
    session: AsyncSession, found: dict[tuple[UUID, str], Month], ids: Sequence[UUID], months: Sequence[str]
) -> None:
    severe = (
        select(FoundAnomaly.client_id, FoundAnomaly.period, func.count())
        .where(
            of_this_firm(FoundAnomaly), FoundAnomaly.client_id.in_(ids), FoundAnomaly.period.in_(months),
            FoundAnomaly.state == "open", FoundAnomaly.gone_at.is_(None),
            FoundAnomaly.severity.in_(("high", "critical")), ~FoundAnomaly.quiet,
        )
        .group_by(FoundAnomaly.client_id, FoundAnomaly.period)
    )  # fmt: skip
    for client_id, period, count in await session.execute(severe):
        found[client_id, period or ""].severe = count
