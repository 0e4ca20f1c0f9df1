"""Clients that do not get a checklist, with the reason."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.checklists import queries
from saas.checklists.models import ChecklistExemption, ChecklistRun
from saas.checklists.queries import Current
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.module import Event


async def spare(session: AsyncSession, actor: Actor, client_id: UUID, found: Current, reason: str) -> None:
    """With a reason the client does not get it any more, without one it does; runs that exist stay as they are."""
    now = clock.now()
    here = [e for e in await queries.exemptions(session, client_id) if e.checklist_id == found.checklist.id]
    if bool(here) == bool(reason):
        return
    if here:
        await session.delete(here[0])
    else:
        row = ChecklistExemption(
            checklist_id=found.checklist.id, client_id=client_id, reason=reason[:200], made_by=actor.id, made_at=now
        )
        session.add(row)
    record(session, actor, "checklists.exempt", now, subject=found.checklist, client_id=client_id, timeline=True,
           summary=found.plan.name.zh, reason=reason)  # fmt: skip


async def voided(session: AsyncSession, event: Event) -> None:
    """Closed as void "from now on": the client does not get this checklist again."""
    run: ChecklistRun = event.row
    if event.detail.get("never_again"):
        await spare(session, event.actor, run.client_id, await queries.one(session, run.checklist_id), run.reason)
