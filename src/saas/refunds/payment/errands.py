"""Tasks that a refund gives beside its own step, and what ends them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.i18n import Text
from saas.kernel.module import Event
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm
from saas.refunds.models import Refund
from saas.tasks.models import Task


async def give(
    session: AsyncSession,
    refund: Refund,
    step: Text,
    now: datetime,
    *,
    role: str = "",
    assignee_id: UUID | None = None,
    days: int = 1,
) -> None:
    """Due within so many working days; the same step is not given a second time while the first is open."""
    if any(task.step.msgid == step.msgid for task in await _open(session, refund.id)):
        return
    calendar = await calendar_of(session)
    session.add(
        Task(
            subject_kind="refund",
            subject_id=refund.id,
            client_id=refund.client_id,
            title=Text(refund.title),
            step=step,
            url=f"/refunds/{refund.id}",
            role="" if assignee_id else role,
            assignee_id=assignee_id,
            created_at=now,
            due_at=calendar.add_minutes(now, days * calendar.minutes_per_day)[0],
        )
    )
    await session.flush()


async def end(session: AsyncSession, refund: Refund, steps: tuple[str, ...], event: Event) -> None:
    """Nobody keeps a task that has become pointless. `steps` are msgids."""
    by = event.actor.id if event.actor.kind == "member" else None
    await finish(session, refund.id, steps, event.now, by)


async def finish(
    session: AsyncSession, refund_id: UUID, steps: tuple[str, ...], now: datetime, by: UUID | None
) -> None:
    for task in await _open(session, refund_id):
        if task.step.msgid in steps:
            task.finish(now, by)
    await session.flush()


async def _open(session: AsyncSession, refund_id: UUID) -> list[Task]:
    query = select(Task).where(
        of_this_firm(Task), Task.subject_id == refund_id, Task.workflow == "", Task.done_at.is_(None)
    )
    return list((await session.scalars(query)).all())
