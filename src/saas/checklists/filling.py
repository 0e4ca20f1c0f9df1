"""A new firm starts with the checklists and procedures of the starter; it may change every one of them."""

from __future__ import annotations

from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checklists import starter
from saas.checklists.models import Checklist, ChecklistVersion
from saas.checklists.procedures.procedure_models import Procedure, ProcedureVersion
from saas.checklists.procedures.procedure_workflow import PROCEDURE
from saas.checklists.procedures.publishing import put_in_force
from saas.checklists.starter import StarterProcedure
from saas.kernel import clock
from saas.kernel.access import SYSTEM
from saas.kernel.perform import start
from saas.kernel.tenancy import current_firm_id, of_this_firm

READ_WITHIN = 10  # working days to read what a firm begins with


async def begin(session: AsyncSession, subject_id: str = "") -> None:
    """The job "checklists.begin": what the firm does not have yet is copied; twice changes nothing, also at once."""
    key = func.hashtextextended(f"checklists.begin {current_firm_id()}", 0)
    await session.execute(select(func.pg_advisory_xact_lock(key)))
    await copy_checklists(session)
    await copy_procedures(session)


async def copy_checklists(session: AsyncSession) -> None:
    known = set((await session.scalars(select(Checklist.starter_key).where(of_this_firm(Checklist)))).all())
    for position, one in enumerate(starter.checklists(), 1):
        if one.key in known:
            continue
        row = Checklist(starter_key=one.key, active=one.active, position=position)
        session.add(row)
        await session.flush()
        session.add(first_version(row.id, one))
    await session.flush()


def first_version(checklist_id: UUID, one: starter.StarterList) -> ChecklistVersion:
    return ChecklistVersion(
        checklist_id=checklist_id,
        version=1,
        plan=msgspec.to_builtins(one.plan),
        note="",
        made_by=None,
        made_at=clock.now(),
    )


async def copy_procedures(session: AsyncSession) -> None:
    known = set((await session.scalars(select(Procedure.starter_key).where(of_this_firm(Procedure)))).all())
    for position, one in enumerate(starter.procedures(), 1):
        if one.key in known:
            continue
        row = Procedure(starter_key=one.key, position=position)
        session.add(row)
        await session.flush()
        version = _version(row.id, one)
        await start(session, PROCEDURE, version, SYSTEM, timeline=False)
        await put_in_force(session, version.id, clock.now())


def _version(procedure_id: UUID, one: StarterProcedure) -> ProcedureVersion:
    return ProcedureVersion(
        procedure_id=procedure_id,
        version=1,
        title_zh=one.title.zh,
        title_en=one.title.en,
        body_zh=one.body.zh,
        body_en=one.body.en,
        source=one.source,
        rules=one.rules,
        steps=one.steps,
        readers=one.readers,
        read_days=READ_WITHIN,
        effective_on=clock.today(),
    )
