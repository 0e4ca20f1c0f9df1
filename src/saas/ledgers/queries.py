"""Every SELECT on imported books."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.outbox import Outbox
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm
from saas.ledgers.models import Import, LedgerBalance, LedgerLine, PeriodVersion, Snapshot


async def imported(session: AsyncSession, import_id: UUID) -> Import:
    return await own_row(session, Import, import_id)


async def imports(session: AsyncSession, client_id: UUID | None = None, limit: int = 50) -> Sequence[Import]:
    """The newest first; of one client or of all."""
    query = select(Import).where(of_this_firm(Import), *([Import.client_id == client_id] if client_id else []))
    return (await session.scalars(query.order_by(Import.uploaded_at.desc()).limit(limit))).all()


async def newest_job(session: AsyncSession, imported: Import) -> UUID | None:
    """The promised job that works on an import now."""
    query = select(Outbox.id).where(
        of_this_firm(Outbox), Outbox.job.like("ledgers.%"), Outbox.args["subject_id"].astext == str(imported.id)
    )
    return (await session.scalars(query.order_by(Outbox.created_at.desc()).limit(1))).first()


async def same_file(session: AsyncSession, client_id: UUID, sha256: str) -> Import | None:
    """A stored import of the very same bytes for the same client."""
    query = select(Import).where(
        of_this_firm(Import), Import.client_id == client_id, Import.file_sha256 == sha256, Import.state == "stored"
    )
    return (await session.scalars(query.order_by(Import.uploaded_at.desc()).limit(1))).first()


async def versions(session: AsyncSession, client_id: UUID, *, current: bool = True) -> Sequence[PeriodVersion]:
    """A client's periods, the oldest first; with `current=False` every version of each."""
    query = select(PeriodVersion).where(of_this_firm(PeriodVersion), PeriodVersion.client_id == client_id)
    if current:
        query = query.where(PeriodVersion.is_current)
    return (await session.scalars(query.order_by(PeriodVersion.period, PeriodVersion.version))).all()


async def sealed_periods(session: AsyncSession, imported: Import) -> list[str]:
    """The current periods of an import that are sealed: what keeps it from being undone."""
    query = select(PeriodVersion.period).where(
        of_this_firm(PeriodVersion),
        PeriodVersion.import_id == imported.id,
        PeriodVersion.is_current,
        PeriodVersion.sealed_at.is_not(None),
    )
    return sorted(set((await session.scalars(query)).all()))


async def voucher_lines(session: AsyncSession, client_id: UUID, voucher: str) -> Sequence[LedgerLine]:
    """The lines of one voucher in the version that counts now."""
    query = (
        select(LedgerLine)
        .join(
            PeriodVersion,
            and_(
                PeriodVersion.firm_id == LedgerLine.firm_id,
                PeriodVersion.import_id == LedgerLine.import_id,
                PeriodVersion.client_id == LedgerLine.client_id,
                PeriodVersion.period == LedgerLine.period,
                PeriodVersion.content == "lines",
            ),
        )
        .where(of_this_firm(LedgerLine), LedgerLine.client_id == client_id, LedgerLine.voucher == voucher)
        .where(PeriodVersion.is_current)
        .order_by(LedgerLine.line, LedgerLine.row)
    )
    return (await session.scalars(query)).all()


async def balances_of(session: AsyncSession, import_id: UUID) -> Sequence[LedgerBalance]:
    query = select(LedgerBalance).where(of_this_firm(LedgerBalance), LedgerBalance.import_id == import_id)
    return (await session.scalars(query.order_by(LedgerBalance.row))).all()


async def snapshots(session: AsyncSession, subject_id: UUID) -> Sequence[Snapshot]:
    query = select(Snapshot).where(of_this_firm(Snapshot), Snapshot.subject_id == subject_id)
    return (await session.scalars(query.order_by(Snapshot.taken_at))).all()
