"""One task a client for all findings that wait: a task for each would bury My work."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checks import queries
from saas.checks.workflow import FINDING
from saas.clients import queries as clients
from saas.clients.models import Client
from saas.kernel import clock
from saas.kernel.i18n import Text, _
from saas.kernel.module import Transition
from saas.kernel.perform import calendar_of
from saas.tasks.models import Task

# Working minutes, as for the first response to a case.
LOOKED_AT_WITHIN = {"critical": 240, "high": 240, "medium": 480, "low": 960}


async def follow(session: AsyncSession, step: Transition) -> None:
    """An observer: a person put a finding aside or took it up, so fewer wait. Runs count once, at their end."""
    if step.workflow is FINDING and step.actor.kind == "member":
        await refresh(session, await clients.client(session, step.row.client_id))


async def refresh(session: AsyncSession, client: Client) -> None:
    """Open, update or finish the client's task."""
    now = clock.now()
    waiting = await queries.open_by_severity(session, client.id)
    task = await session.scalar(
        select(Task).where(
            Task.firm_id == client.firm_id,
            Task.subject_id == client.id,
            Task.subject_kind == FINDING.name,
            Task.done_at.is_(None),
        )
    )
    if not waiting:
        if task is not None:
            task.finish(now, None)
        return
    worst = next(iter(waiting))
    if task is None:
        calendar = await calendar_of(session)
        task = Task(
            subject_kind=FINDING.name,
            subject_id=client.id,
            client_id=client.id,
            title=Text(client.name),
            url=f"/findings?client={client.id}",
            created_at=now,
            due_at=calendar.add_minutes(now, LOOKED_AT_WITHIN[worst])[0],
        )
        session.add(task)
    task.step = _("Look at %(n)s findings", n=sum(waiting.values()))
    task.severity = worst
    task.assignee_id, task.role = client.bookkeeper_id, "" if client.bookkeeper_id else "bookkeeper"
