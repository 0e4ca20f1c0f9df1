"""Every SELECT on checklists and their versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checklists.models import Checklist, ChecklistExemption, ChecklistRun, ChecklistStep, ChecklistVersion
from saas.checklists.plan import Plan
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm


@dataclass(frozen=True, slots=True)
class Current:
    """A checklist with the version that new runs get."""

    checklist: Checklist
    version: ChecklistVersion
    plan: Plan


def plan_of(version: ChecklistVersion) -> Plan:
    return msgspec.convert(version.plan, Plan)


async def current(session: AsyncSession, *, active: bool = False) -> Sequence[Current]:
    """Every checklist in its newest version; `active` leaves out those that are made only by hand."""
    newest = (
        select(ChecklistVersion.checklist_id, func.max(ChecklistVersion.version).label("version"))
        .where(of_this_firm(ChecklistVersion))
        .group_by(ChecklistVersion.checklist_id)
        .subquery()
    )
    query = (
        select(Checklist, ChecklistVersion)
        .join(newest, newest.c.checklist_id == Checklist.id)
        .join(
            ChecklistVersion,
            (ChecklistVersion.firm_id == Checklist.firm_id)
            & (ChecklistVersion.checklist_id == Checklist.id)
            & (ChecklistVersion.version == newest.c.version),
        )
        .where(of_this_firm(Checklist), *([Checklist.active] if active else []))
        .order_by(Checklist.position, Checklist.id)
    )
    return [Current(c, v, plan_of(v)) for c, v in (await session.execute(query)).all()]


async def one(session: AsyncSession, checklist_id: UUID) -> Current:
    """One checklist in its newest version; Missing for any other id."""
    row = await own_row(session, Checklist, checklist_id)
    newest = (await versions(session, checklist_id))[0]
    return Current(row, newest, plan_of(newest))


async def by_key(session: AsyncSession, key: str) -> Current | None:
    row = await session.scalar(select(Checklist).where(of_this_firm(Checklist), Checklist.starter_key == key))
    return await one(session, row.id) if row is not None else None


async def versions(session: AsyncSession, checklist_id: UUID) -> Sequence[ChecklistVersion]:
    """All versions of one checklist, the newest first."""
    query = select(ChecklistVersion).where(
        of_this_firm(ChecklistVersion), ChecklistVersion.checklist_id == checklist_id
    )
    return (await session.scalars(query.order_by(ChecklistVersion.version.desc()))).all()


async def version(session: AsyncSession, version_id: UUID) -> ChecklistVersion:
    query = select(ChecklistVersion).where(of_this_firm(ChecklistVersion), ChecklistVersion.id == version_id)
    return (await session.scalars(query)).one()


async def exemptions(session: AsyncSession, client_id: UUID | None = None) -> Sequence[ChecklistExemption]:
    query = select(ChecklistExemption).where(of_this_firm(ChecklistExemption))
    if client_id is not None:
        query = query.where(ChecklistExemption.client_id == client_id)
    return (await session.scalars(query)).all()


async def run(session: AsyncSession, run_id: UUID) -> ChecklistRun:
    """One run of this firm; Missing for any other id."""
    return await own_row(session, ChecklistRun, run_id)


async def steps(session: AsyncSession, run_ids: Sequence[UUID]) -> Mapping[UUID, list[ChecklistStep]]:
    """The steps of these runs, in order."""
    query = select(ChecklistStep).where(of_this_firm(ChecklistStep), ChecklistStep.run_id.in_(run_ids))
    found: dict[UUID, list[ChecklistStep]] = {run_id: [] for run_id in run_ids}
    for step in await session.scalars(query.order_by(ChecklistStep.run_id, ChecklistStep.position)):
        found[step.run_id].append(step)
    return found


async def made(session: AsyncSession, checklist_id: UUID, periods: Sequence[str]) -> set[tuple[UUID, str]]:
    """(client, period) of the runs that exist already, void ones too."""
    query = select(ChecklistRun.client_id, ChecklistRun.period).where(
        of_this_firm(ChecklistRun), ChecklistRun.checklist_id == checklist_id, ChecklistRun.period.in_(periods)
    )
    return {(client_id, period) for client_id, period in (await session.execute(query)).all()}


async def last_made(session: AsyncSession, checklist_id: UUID) -> Mapping[UUID, str]:
    """By client: the latest period this checklist was made for; a sample takes those first who waited longest."""
    query = select(ChecklistRun.client_id, func.max(ChecklistRun.period)).where(
        of_this_firm(ChecklistRun), ChecklistRun.checklist_id == checklist_id
    )
    return {row[0]: row[1] for row in (await session.execute(query.group_by(ChecklistRun.client_id))).all()}


async def of_subject(session: AsyncSession, subject_id: UUID) -> Sequence[ChecklistRun]:
    """The runs of one refund or case, the newest first."""
    query = select(ChecklistRun).where(of_this_firm(ChecklistRun), ChecklistRun.subject_id == subject_id)
    return (await session.scalars(query.order_by(ChecklistRun.made_at.desc()))).all()


async def open_of_client(session: AsyncSession, client_id: UUID) -> Sequence[ChecklistRun]:
    live = ("open", "returned", "prepared", "with_manager")
    query = select(ChecklistRun).where(
        of_this_firm(ChecklistRun), ChecklistRun.client_id == client_id, ChecklistRun.state.in_(live)
    )
    return (await session.scalars(query.order_by(ChecklistRun.due_at))).all()


async def of_client(session: AsyncSession, client_id: UUID, limit: int = 30) -> Sequence[ChecklistRun]:
    """A client's runs, the latest due first."""
    query = select(ChecklistRun).where(of_this_firm(ChecklistRun), ChecklistRun.client_id == client_id)
    return (await session.scalars(query.order_by(ChecklistRun.due_at.desc()).limit(limit))).all()
