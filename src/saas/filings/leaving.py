"""Clients that leave or become one with another: what becomes of their returns."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from saas.filings import queries
from saas.filings.models import DueDay
from saas.filings.models import RegisteredFiling as Filing
from saas.kernel import clock
from saas.kernel.module import Event
from saas.kernel.tenancy import of_this_firm


async def follow_archive(session: AsyncSession, event: Event) -> None:
    """What is still to come for a client that left is no longer ours to hand in; what is late stays on record."""
    await session.execute(
        delete(Filing).where(
            of_this_firm(Filing), Filing.client_id == event.row.id, Filing.filed_on.is_(None),
            Filing.waived_on.is_(None), Filing.due_on >= clock.today(),
        )
    )  # fmt: skip


async def follow_merge(session: AsyncSession, event: Event) -> None:
    """Returns go to the client that took over; of two for the same period the one with a record stays."""
    into, merged_id = event.row.id, event.detail["merged_id"]
    theirs = {(row.code, row.period): row for row in await queries.of_client(session, into)}
    for row in await queries.of_client(session, merged_id):
        other = theirs.get((row.code, row.period))
        if other is not None and other.is_untouched and not row.is_untouched:
            await session.delete(other)
            await session.flush()
            other = None
        if other is None:
            row.client_id = into
        elif row.is_untouched:
            await session.delete(row)  # a record of the merged client that both have stays where it is
    await session.flush()
    known = {day.month for day in await queries.documents_of(session, into)}
    for day in await queries.documents_of(session, merged_id):
        if day.month not in known:
            day.client_id = into
    await session.execute(delete(DueDay).where(of_this_firm(DueDay), DueDay.client_id == merged_id))
