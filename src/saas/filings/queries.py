"""Every SELECT on filings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client
from saas.filings.models import DocumentsIn, FilingSwitch
from saas.filings.models import RegisteredFiling as Filing
from saas.filings.standing import is_late, is_open, standing
from saas.kernel import clock
from saas.kernel.errors import Missing
from saas.kernel.months import following_month
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm

PAGE = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters of the board: a due month ("2026-11"), open or late ones only, one bookkeeper's clients."""

    month: str
    show: str = ""  # "", open, late
    member_id: UUID | None = None

    def conditions(self, today: date, *, show: str | None = None) -> list[ColumnElement[bool]]:
        first = date.fromisoformat(f"{self.month}-01")
        found = [of_this_firm(Filing), Filing.due_on >= first, Filing.due_on < following_month(first)]
        chosen = self.show if show is None else show
        found += [is_open()] if chosen == "open" else [is_late(today)] if chosen == "late" else []
        if self.member_id is not None:
            found.append(Filing.client_id.in_(_of_member(self.member_id)))
        return found


def _of_member(member_id: UUID) -> Any:
    return select(Client.id).where(of_this_firm(Client), Client.bookkeeper_id == member_id)


async def filing(session: AsyncSession, filing_id: UUID, *, lock: bool = False) -> Filing:
    """One filing of this firm; Missing for any other id."""
    return await own_row(session, Filing, filing_id, lock=lock)


async def filings(session: AsyncSession, ids: Sequence[UUID]) -> Sequence[Filing]:
    """These filings, locked, in one order so that two people never wait for each other."""
    query = select(Filing).where(of_this_firm(Filing), Filing.id.in_(ids)).order_by(Filing.id)
    return (await session.scalars(query.with_for_update())).all()


async def counts(session: AsyncSession, wanted: Wanted, today: date) -> dict[str, int]:
    """How many filings of the month there are in all, open, and late."""
    query = select(func.count(), func.count().filter(is_open()), func.count().filter(is_late(today)))
    row = (await session.execute(query.where(*wanted.conditions(today, show="")))).one()
    return {"": row[0], "open": row[1], "late": row[2]}


async def earlier_open(session: AsyncSession, wanted: Wanted, today: date) -> tuple[int, date | None]:
    """Filings of earlier months that are past their due day and still open, and the first such day."""
    first = date.fromisoformat(f"{wanted.month}-01")
    mine = [Filing.client_id.in_(_of_member(wanted.member_id))] if wanted.member_id else []
    query = select(func.count(), func.min(Filing.due_on))
    row = await session.execute(query.where(of_this_firm(Filing), is_open(), Filing.due_on < min(first, today), *mine))
    count, day = row.one()
    return count, day


async def board(
    session: AsyncSession, wanted: Wanted, today: date, after: UUID | None = None
) -> tuple[Sequence[Client], dict[UUID, list[Filing]], bool]:
    """One page of clients by pinyin, their filings of the month, and whether more follow."""
    theirs = select(Filing.client_id).where(*wanted.conditions(today))
    query = select(Client).where(of_this_firm(Client), Client.merged_into_id.is_(None), Client.id.in_(theirs))
    if after is not None:
        query = query.where(await beyond(session, after))
    found = (await session.scalars(query.order_by(Client.sort_key, Client.id).limit(PAGE + 1))).all()
    shown = found[:PAGE]
    rows = select(Filing).where(*wanted.conditions(today, show=""), Filing.client_id.in_([c.id for c in shown]))
    cells: dict[UUID, list[Filing]] = defaultdict(list)
    for row in await session.scalars(rows.order_by(Filing.due_on, Filing.period)):
        cells[row.client_id].append(row)
    return shown, cells, len(found) > PAGE


async def due_in(session: AsyncSession, wanted: Wanted, today: date) -> Sequence[Filing]:
    """Every return of the month, by due day."""
    query = select(Filing).where(*wanted.conditions(today)).order_by(Filing.due_on, Filing.client_id, Filing.code)
    return (await session.scalars(query)).all()


async def by_key(session: AsyncSession) -> dict[tuple[UUID, str, str], Filing]:
    """The whole register by client, return and period: what a list is compared with."""
    found = await session.scalars(select(Filing).where(of_this_firm(Filing)))
    return {(row.client_id, row.code, row.period): row for row in found}


async def beyond(session: AsyncSession, after: UUID) -> ColumnElement[bool]:
    """Clients that follow this one by pinyin; Missing for an id that is none of the firm's."""
    key = await session.scalar(select(Client.sort_key).where(of_this_firm(Client), Client.id == after))
    if key is None:
        raise Missing()
    return or_(Client.sort_key > key, and_(Client.sort_key == key, Client.id > after))


async def of_client(session: AsyncSession, client_id: UUID, *, since: date | None = None) -> Sequence[Filing]:
    """A client's filings, the newest due day first."""
    query = select(Filing).where(of_this_firm(Filing), Filing.client_id == client_id)
    if since is not None:
        query = query.where(Filing.due_on >= since)
    return (await session.scalars(query.order_by(Filing.due_on.desc(), Filing.code))).all()


async def of_months(session: AsyncSession, client_ids: Sequence[UUID], months: Sequence[str]) -> Sequence[Filing]:
    """Monthly and quarterly filings whose period ends with one of these months; annual ones have their own time."""
    query = select(Filing).where(
        of_this_firm(Filing),
        Filing.client_id.in_(client_ids),
        Filing.last_month.in_(months),
        func.length(Filing.period) > 4,
    )
    return (await session.scalars(query.order_by(Filing.due_on, Filing.code))).all()


async def switches(session: AsyncSession, client_ids: Sequence[UUID]) -> dict[UUID, list[FilingSwitch]]:
    """What was set for these clients, by client, the oldest first."""
    query = select(FilingSwitch).where(of_this_firm(FilingSwitch), FilingSwitch.client_id.in_(client_ids))
    found: dict[UUID, list[FilingSwitch]] = defaultdict(list)
    for row in await session.scalars(query.order_by(FilingSwitch.from_month)):
        found[row.client_id].append(row)
    return found


async def documents(
    session: AsyncSession, client_ids: Sequence[UUID], months: Sequence[str]
) -> dict[tuple[UUID, str], DocumentsIn]:
    """When the documents of these months were handed in, by client and month."""
    query = select(DocumentsIn).where(
        of_this_firm(DocumentsIn), DocumentsIn.client_id.in_(client_ids), DocumentsIn.month.in_(months)
    )
    return {(row.client_id, row.month): row for row in await session.scalars(query)}


async def documents_of(session: AsyncSession, client_id: UUID) -> Sequence[DocumentsIn]:
    """Every month of one client of which the documents were handed in."""
    query = select(DocumentsIn).where(of_this_firm(DocumentsIn), DocumentsIn.client_id == client_id)
    return (await session.scalars(query)).all()


async def evidence(session: AsyncSession, client_id: UUID, since: str, until: str) -> list[dict[str, Any]]:
    """What was handed in for periods that end within these months (requirement R3.2), in order of their due days.

    [{id, code, period, month, due, accepted, standing, amended_cause}]; days as ISO texts; "" where there is none.
    """
    query = select(Filing).where(
        of_this_firm(Filing), Filing.client_id == client_id, Filing.last_month.between(since, until)
    )
    today = clock.today()
    return [
        {
            "id": str(row.id),
            "code": row.code,
            "period": row.period,
            "month": row.last_month,
            "due": row.due_on.isoformat(),
            "accepted": row.accepted_on.isoformat() if row.accepted_on else "",
            "standing": standing(row, today),
            "amended_cause": row.amended_cause,
        }
        for row in await session.scalars(query.order_by(Filing.due_on, Filing.code))
    ]
