"""Every SELECT on mass notices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client
from saas.kernel.errors import Missing
from saas.kernel.tenancy import of_this_firm
from saas.risks.incidents.mass_models import MassNotice, Told


async def mass_notice(session: AsyncSession, mass_id: UUID) -> MassNotice:
    """One of this firm's; Missing for any other id."""
    found = await mass_or_none(session, mass_id)
    if found is None:
        raise Missing()
    return found


async def mass_or_none(session: AsyncSession, mass_id: UUID) -> MassNotice | None:
    found: MassNotice | None = await session.scalar(
        select(MassNotice).where(of_this_firm(MassNotice), MassNotice.id == mass_id)
    )
    return found


async def of_incident(session: AsyncSession, incident_id: UUID) -> list[dict[str, Any]]:
    """Its mass notices with how many clients each has and how many were told."""
    query = select(MassNotice).where(of_this_firm(MassNotice), MassNotice.incident_id == incident_id)
    found = (await session.scalars(query.order_by(MassNotice.prepared_at))).all()
    return [{"mass": mass, **await counts(session, mass.id)} for mass in found]


async def counts(session: AsyncSession, mass_id: UUID) -> dict[str, int]:
    """All clients of a mass notice, those handed on, those nobody can reach by machine."""
    query = select(
        func.count(),
        func.count().filter(Told.settled_at.is_not(None)),
        func.count().filter(Told.outcome == "unreached"),
    ).where(of_this_firm(Told), Told.mass_id == mass_id)
    row = (await session.execute(query)).one()
    return {"of": row[0], "settled": row[1], "unreached": row[2]}


async def told(session: AsyncSession, mass_id: UUID) -> Sequence[tuple[Told, Client]]:
    """Each client of it, by name."""
    query = (
        select(Told, Client)
        .join(Client, (Client.firm_id == Told.firm_id) & (Client.id == Told.client_id))
        .where(of_this_firm(Told), Told.mass_id == mass_id)
        .order_by(Client.sort_key)
    )
    return [(row[0], row[1]) for row in (await session.execute(query)).all()]


async def waiting(session: AsyncSession, mass_id: UUID, limit: int) -> Sequence[Told]:
    """Clients who still have to be told, locked; those another worker holds are left to it."""
    query = select(Told).where(of_this_firm(Told), Told.mass_id == mass_id, Told.settled_at.is_(None))
    return (await session.scalars(query.order_by(Told.id).limit(limit).with_for_update(skip_locked=True))).all()


async def one_told(session: AsyncSession, told_id: UUID) -> tuple[Told, MassNotice]:
    query = (
        select(Told, MassNotice)
        .join(MassNotice, (MassNotice.firm_id == Told.firm_id) & (MassNotice.id == Told.mass_id))
        .where(of_this_firm(Told), Told.id == told_id)
    )
    row = (await session.execute(query)).one()
    return row[0], row[1]
