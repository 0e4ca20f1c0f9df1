"""Tasks given beside a record's own step, and what ends them: nobody keeps one that has become pointless."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.i18n import Text
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm
from saas.kernel.workflow import Workflow
from saas.tasks.models import Task
from saas.tasks.observer import title_of
from saas.tasks.routing import route


async def give(
    session: AsyncSession,
    workflow: Workflow,
    row: Any,
    step: Text,
    now: datetime,
    *,
    role: str = "",
    assignee_id: UUID | None = None,
    days: int = 1,
) -> None:
    """Something to do about `row` within so many working days, by one person or by anybody with the role."""
    calendar = await calendar_of(session)
    task = Task(
        subject_kind=workflow.name,
        subject_id=row.id,
        client_id=row.subject_client_id,
        title=title_of(workflow, row),
        step=step,
        url=workflow.url(row),
        role=role,
        severity=getattr(row, "severity", ""),
        created_at=now,
        due_at=calendar.add_minutes(now, days * calendar.minutes_per_day)[0],
    )
    await route(session, task, assignee_id, now)
    session.add(task)
    await session.flush()


async def open_of(session: AsyncSession, subject_id: UUID) -> Sequence[Task]:
    """The errands of one record that nobody has done yet."""
    query = select(Task).where(
        of_this_firm(Task), Task.subject_id == subject_id, Task.workflow == "", Task.done_at.is_(None)
    )
    return (await session.scalars(query)).all()


async def finish(
    session: AsyncSession, subject_id: UUID, steps: Collection[str], now: datetime, by: UUID | None
) -> None:
    """End those of these steps, named by their msgids."""
    for task in await open_of(session, subject_id):
        if task.step.msgid in steps:
            task.finish(now, by)
    await session.flush()
