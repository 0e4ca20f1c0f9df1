"""Every SELECT on incidents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.db import FirmRow
from saas.kernel.prepared import FIRM
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm
from saas.risks.incidents.incident_models import Call, Entry, Incident, LegalDuty, Part, Step

RUNNING = ("declared", "contained", "recovered", "reviewed")
R = TypeVar("R", bound=FirmRow)


async def incident(session: AsyncSession, incident_id: UUID) -> Incident:
    """One incident of this firm; Missing for any other id."""
    return await own_row(session, Incident, incident_id)


async def incident_or_none(session: AsyncSession, incident_id: UUID) -> Incident | None:
    query = select(Incident).where(of_this_firm(Incident), Incident.id == incident_id)
    found: Incident | None = await session.scalar(query)
    return found


async def incidents(session: AsyncSession, *, running: bool = True, limit: int = 100) -> Sequence[Incident]:
    """Those that run, or those that are over; the newest first."""
    state = Incident.state.in_(RUNNING) if running else Incident.state.not_in(RUNNING)
    query = select(Incident).where(of_this_firm(Incident), state)
    return (await session.scalars(query.order_by(Incident.declared_at.desc()).limit(limit))).all()


async def of_case(session: AsyncSession, case_id: UUID) -> Sequence[Incident]:
    query = select(Incident).where(of_this_firm(Incident), Incident.case_id == case_id)
    return (await session.scalars(query.order_by(Incident.declared_at.desc()))).all()


RUNNING_INCIDENTS = (
    select(func.count()).select_from(Incident).where(Incident.firm_id == FIRM, Incident.state.in_(RUNNING))
)


async def declared_since(session: AsyncSession, since: datetime) -> Sequence[Incident]:
    """Real ones, called-off ones left out; the oldest first."""
    query = select(Incident).where(
        of_this_firm(Incident), Incident.declared_at >= since, Incident.state != "called_off"
    )
    return (await session.scalars(query.order_by(Incident.declared_at))).all()


async def parts(session: AsyncSession, incident_id: UUID) -> Sequence[Part]:
    query = select(Part).where(of_this_firm(Part), Part.incident_id == incident_id)
    return (await session.scalars(query.order_by(Part.position))).all()


async def steps(session: AsyncSession, incident_id: UUID) -> Sequence[Step]:
    query = select(Step).where(of_this_firm(Step), Step.incident_id == incident_id)
    return (await session.scalars(query.order_by(Step.due_at, Step.position))).all()


async def calls(session: AsyncSession, incident_id: UUID) -> Sequence[Call]:
    query = select(Call).where(of_this_firm(Call), Call.incident_id == incident_id)
    return (await session.scalars(query.order_by(Call.position))).all()


async def duties(session: AsyncSession, incident_id: UUID) -> Sequence[LegalDuty]:
    query = select(LegalDuty).where(of_this_firm(LegalDuty), LegalDuty.incident_id == incident_id)
    return (await session.scalars(query.order_by(LegalDuty.position))).all()


async def entries(session: AsyncSession, incident_id: UUID) -> Sequence[Entry]:
    """The timeline in order."""
    query = select(Entry).where(of_this_firm(Entry), Entry.incident_id == incident_id)
    return (await session.scalars(query.order_by(Entry.at, Entry.id))).all()


async def piece(session: AsyncSession, kind: type[R], incident_id: UUID, row_id: UUID) -> R:
    """One step, call, duty or part of this incident, locked; Missing for any other id."""
    table: Any = kind
    return await own_row(session, table, row_id, table.incident_id == incident_id, lock=True)
