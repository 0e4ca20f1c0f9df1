"""What ends a limit that was reached: somebody looked at it and decided, or the sign is gone."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Forbidden
from saas.kernel.i18n import _
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm
from saas.risks.watch.watch_models import Firing
from saas.tasks.models import Task


async def end_gone(session: AsyncSession, trigger_id: UUID, reached: Collection[str], now: datetime) -> None:
    """Open firings of a limit whose subject does not reach it any more end by themselves."""
    query = select(Firing).where(of_this_firm(Firing), Firing.trigger_id == trigger_id, Firing.settled_at.is_(None))
    for firing in (await session.scalars(query.with_for_update())).all():
        if firing.about not in reached:
            firing.settled_at = now
            await _end_task(session, firing, now, None)
    await session.flush()


async def settle(session: AsyncSession, firing_id: UUID, note: str, actor: Actor, now: datetime) -> None:
    """Once: by whom the task was given to, by anybody with its role, or by whoever sets limits."""
    firing = await own_row(session, Firing, firing_id, lock=True)
    if not may_settle(actor, await _task_of(session, firing)):
        raise Forbidden(_("This task was given to somebody else."), action="risks.settle_limit", subject_id=firing_id)
    if firing.settled_at is not None:
        return
    firing.settled_at, firing.settled_by, firing.note = now, actor.id, note
    await _end_task(session, firing, now, actor.id)
    record(session, actor, "risks.settle_limit", now, subject=firing, reason=note)
    await session.flush()


def may_settle(actor: Actor, task: Task | None) -> bool:
    if actor.may("risks.decide"):
        return True
    mine = task is not None and (task.assignee_id == actor.id or (not task.assignee_id and task.role in actor.roles))
    return mine and actor.may("tasks.write")


async def _task_of(session: AsyncSession, firing: Firing) -> Task | None:
    return await session.get(Task, (firing.firm_id, firing.task_id)) if firing.task_id else None


async def _end_task(session: AsyncSession, firing: Firing, now: datetime, by: UUID | None) -> None:
    task = await _task_of(session, firing)
    if task is not None and task.done_at is None:
        task.finish(now, by)
