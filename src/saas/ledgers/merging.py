"""The books of a client that was merged into another one."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from saas.kernel.module import Event
from saas.ledgers.models import Import, LedgerBalance, LedgerLine, PeriodVersion


async def follow_merge(session: AsyncSession, event: Event) -> None:
    """Imports go with their client. So do periods the other client has no books of, with every version and line.

    A period both clients have stays as it is on either side: two sets of vouchers under the same numbers would be
    neither's books, and what was stored for the signpost can still be read under it.
    """
    firm_id, into_id, merged_id = event.row.firm_id, event.row.id, event.detail["merged_id"]
    imports = update(Import).where(Import.firm_id == firm_id, Import.client_id == merged_id)
    await session.execute(imports.values(client_id=into_id))
    kept = aliased(PeriodVersion)
    taken = select(kept.id).where(
        kept.firm_id == firm_id,
        kept.client_id == into_id,
        kept.period == PeriodVersion.period,
        kept.content == PeriodVersion.content,
    )
    versions = update(PeriodVersion).where(
        PeriodVersion.firm_id == firm_id, PeriodVersion.client_id == merged_id, ~taken.exists()
    )
    await session.execute(versions.values(client_id=into_id), execution_options={"synchronize_session": False})
    for table, content in ((LedgerLine, "lines"), (LedgerBalance, "balances")):
        await _rows_follow(session, table, content, firm_id, merged_id, into_id)


async def _rows_follow(
    session: AsyncSession,
    table: type[LedgerLine | LedgerBalance],
    content: str,
    firm_id: UUID,
    merged_id: UUID,
    into_id: UUID,
) -> None:
    """The rows of the versions that now belong to the other client."""
    rows = update(table).where(
        table.firm_id == firm_id,
        table.client_id == merged_id,
        PeriodVersion.firm_id == firm_id,
        PeriodVersion.client_id == into_id,
        PeriodVersion.content == content,
        PeriodVersion.import_id == table.import_id,
        PeriodVersion.period == table.period,
    )
    await session.execute(rows.values(client_id=into_id), execution_options={"synchronize_session": False})
