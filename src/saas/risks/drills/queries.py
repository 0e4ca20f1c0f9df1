"""Every SELECT on drills and on what happened in a sandbox."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.models import Case
from saas.checks.models import FoundAnomaly
from saas.clients.models import Client
from saas.kernel.audit import AuditEntry
from saas.kernel.outbox import Outbox
from saas.kernel.rows import own_row
from saas.kernel.stages import StageEntry
from saas.kernel.tenancy import of_this_firm
from saas.ledgers.models import PeriodVersion
from saas.risks.drill_models import Drill, DrillError, DrillPart, DrillPlan
from saas.risks.incidents.incident_models import Incident
from saas.risks.playbooks.playbook_models import Playbook


async def drill(session: AsyncSession, drill_id: UUID, *, lock: bool = False) -> Drill:
    return await own_row(session, Drill, drill_id, lock=lock)


async def drills(session: AsyncSession, limit: int = 100) -> Sequence[Drill]:
    """The newest first."""
    query = select(Drill).where(of_this_firm(Drill)).order_by(Drill.number.desc()).limit(limit)
    return (await session.scalars(query)).all()


async def former(session: AsyncSession, drill: Drill) -> Sequence[Drill]:
    """Scored drills before this one, the newest first, for comparison."""
    query = select(Drill).where(of_this_firm(Drill), Drill.id != drill.id, Drill.scored_at.is_not(None))
    if drill.scored_at is not None:
        query = query.where(Drill.scored_at < drill.scored_at)
    return (await session.scalars(query.order_by(Drill.scored_at.desc()).limit(10))).all()


async def errors(session: AsyncSession, drill_id: UUID) -> Sequence[DrillError]:
    query = select(DrillError).where(of_this_firm(DrillError), DrillError.drill_id == drill_id)
    return (await session.scalars(query.order_by(DrillError.position))).all()


async def parts(session: AsyncSession, drill_id: UUID) -> Sequence[DrillPart]:
    query = select(DrillPart).where(of_this_firm(DrillPart), DrillPart.drill_id == drill_id)
    return (await session.scalars(query.order_by(DrillPart.deeds.desc(), DrillPart.name))).all()


async def plans(session: AsyncSession) -> Sequence[DrillPlan]:
    """What is planned for the year and not ended, the next first."""
    query = select(DrillPlan).where(of_this_firm(DrillPlan), DrillPlan.ended_at.is_(None))
    return (await session.scalars(query.order_by(DrillPlan.next_on))).all()


async def plan(session: AsyncSession, plan_id: UUID) -> DrillPlan:
    return await own_row(session, DrillPlan, plan_id, lock=True)


async def plans_due(session: AsyncSession, until: date) -> Sequence[DrillPlan]:
    """Whose day comes by `until` and whose keeper was not reminded of it yet."""
    unsaid = or_(DrillPlan.reminded_for.is_(None), DrillPlan.reminded_for < DrillPlan.next_on)
    query = select(DrillPlan).where(
        of_this_firm(DrillPlan), DrillPlan.ended_at.is_(None), DrillPlan.next_on <= until, unsaid
    )
    return (await session.scalars(query.with_for_update())).all()


async def playbooks(session: AsyncSession) -> Sequence[Playbook]:
    """Those a drill can rehearse."""
    query = select(Playbook).where(of_this_firm(Playbook), Playbook.is_on, Playbook.key != "")
    return (await session.scalars(query.order_by(Playbook.key))).all()


async def with_books(session: AsyncSession) -> dict[UUID, int]:
    """Clients that have vouchers stored, and for how many months."""
    query = select(PeriodVersion.client_id, func.count()).where(
        of_this_firm(PeriodVersion), PeriodVersion.is_current, PeriodVersion.content == "lines"
    )
    return {row[0]: row[1] for row in (await session.execute(query.group_by(PeriodVersion.client_id))).all()}


async def clients_of(session: AsyncSession, ids: Collection[UUID]) -> Sequence[Client]:
    query = select(Client).where(of_this_firm(Client), Client.id.in_(ids)).order_by(Client.number)
    return (await session.scalars(query)).all()


async def sealed_periods(session: AsyncSession, client_id: UUID) -> set[str]:
    query = select(PeriodVersion.period).where(
        of_this_firm(PeriodVersion), PeriodVersion.client_id == client_id, PeriodVersion.sealed_at.is_not(None)
    )
    return set((await session.scalars(query)).all())


async def newest_job(session: AsyncSession, drill: Drill, name: str = "drills.%") -> UUID | None:
    """The promised job that prepares, scores or erases it now."""
    query = select(Outbox.id).where(
        of_this_firm(Outbox), Outbox.job.like(name), Outbox.args["subject_id"].astext == str(drill.id)
    )
    return (await session.scalars(query.order_by(Outbox.created_at.desc()).limit(1))).first()


async def findings_since(session: AsyncSession, since: datetime) -> Sequence[tuple[FoundAnomaly, StageEntry]]:
    """In the sandbox: what was confirmed after `since`, with who did it and when; the earliest first."""
    query = (
        select(FoundAnomaly, StageEntry)
        .join(StageEntry, (StageEntry.firm_id == FoundAnomaly.firm_id) & (StageEntry.subject_id == FoundAnomaly.id))
        .where(of_this_firm(FoundAnomaly), StageEntry.state == "confirmed", StageEntry.entered_at >= since)
        .order_by(StageEntry.entered_at)
    )
    return [(row[0], row[1]) for row in (await session.execute(query)).all()]


async def cases_since(session: AsyncSession, since: datetime) -> Sequence[Case]:
    """In the sandbox: what was opened after `since`."""
    query = select(Case).where(of_this_firm(Case), Case.opened_at >= since).order_by(Case.opened_at)
    return (await session.scalars(query)).all()


async def first_entered(session: AsyncSession, ids: Collection[UUID], into: Collection[str]) -> dict[UUID, datetime]:
    """When each of these records first reached one of these states."""
    query = select(StageEntry.subject_id, func.min(StageEntry.entered_at)).where(
        of_this_firm(StageEntry), StageEntry.subject_id.in_(ids), StageEntry.state.in_(into)
    )
    return {row[0]: row[1] for row in (await session.execute(query.group_by(StageEntry.subject_id))).all()}


async def deeds_since(session: AsyncSession, since: datetime) -> dict[UUID, tuple[int, datetime]]:
    """In the sandbox: how much each member did, and when first."""
    query: Any = select(AuditEntry.actor_id, func.count(), func.min(AuditEntry.at)).where(
        of_this_firm(AuditEntry),
        AuditEntry.at >= since,
        AuditEntry.actor_kind == "member",
        AuditEntry.outcome == "done",
    )
    return {row[0]: (row[1], row[2]) for row in (await session.execute(query.group_by(AuditEntry.actor_id))).all()}


async def incident_since(session: AsyncSession, since: datetime) -> Incident | None:
    """In the sandbox: the first emergency that was declared."""
    query = select(Incident).where(of_this_firm(Incident), Incident.declared_at >= since)
    found: Incident | None = await session.scalar(query.order_by(Incident.declared_at).limit(1))
    return found
