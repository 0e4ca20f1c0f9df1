"""Every SELECT of the privacy pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client, Contact
from saas.kernel import tenancy
from saas.kernel.rows import own_row
from saas.privacy.models import DataRequest, FirmExport, RetentionBatch, RetentionRule


async def exports(session: AsyncSession) -> Sequence[FirmExport]:
    """The newest first."""
    mine = select(FirmExport).where(FirmExport.firm_id == tenancy.current_firm_id())
    return (await session.scalars(mine.order_by(FirmExport.asked_at.desc()))).all()


async def export(session: AsyncSession, export_id: UUID) -> FirmExport:
    return await own_row(session, FirmExport, export_id)


async def data_requests(session: AsyncSession) -> Sequence[DataRequest]:
    """Open ones first, by their day; then the answered ones, the newest first."""
    mine = select(DataRequest).where(DataRequest.firm_id == tenancy.current_firm_id())
    order = (DataRequest.answered_at.desc().nulls_first(), DataRequest.due_on, DataRequest.id)
    return (await session.scalars(mine.order_by(*order).limit(200))).all()


async def data_request(session: AsyncSession, request_id: UUID, *, lock: bool = False) -> DataRequest:
    return await own_row(session, DataRequest, request_id, lock=lock)


async def request_by_key(session: AsyncSession, key: UUID) -> DataRequest | None:
    mine = select(DataRequest).where(DataRequest.firm_id == tenancy.current_firm_id(), DataRequest.key == key)
    found: DataRequest | None = await session.scalar(mine)
    return found


async def contacts(session: AsyncSession) -> Sequence[tuple[Contact, str]]:
    """Every contact with the name of its client, those still there first."""
    here = tenancy.current_firm_id()
    same = (Client.firm_id == Contact.firm_id) & (Client.id == Contact.client_id)
    query = select(Contact, Client.name).join(Client, same).where(Contact.firm_id == here)
    rows = await session.execute(query.order_by(Contact.left_at.nulls_first(), Client.sort_key, Contact.name))
    return [(contact, name) for contact, name in rows.all()]


async def contact(session: AsyncSession, contact_id: UUID) -> Contact | None:
    return await session.get(Contact, (tenancy.current_firm_id(), contact_id))


async def rules(session: AsyncSession, day: date) -> dict[str, RetentionRule]:
    """The firm's own rule in force on a day, by kind."""
    mine = (RetentionRule.firm_id == tenancy.current_firm_id(), RetentionRule.valid_from <= day)
    found = await session.scalars(select(RetentionRule).where(*mine).order_by(RetentionRule.valid_from))
    return {rule.kind: rule for rule in found}


async def batches(session: AsyncSession) -> Sequence[RetentionBatch]:
    """The newest first."""
    mine = select(RetentionBatch).where(RetentionBatch.firm_id == tenancy.current_firm_id())
    return (await session.scalars(mine.order_by(RetentionBatch.listed_at.desc()).limit(100))).all()


async def batch(session: AsyncSession, batch_id: UUID, *, lock: bool = False) -> RetentionBatch:
    return await own_row(session, RetentionBatch, batch_id, lock=lock)
