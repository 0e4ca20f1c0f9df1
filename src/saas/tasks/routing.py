"""Who gets a task that is meant for somebody: the person, or whoever stands in for them on that day."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.tasks.models import Task

Deputies = Callable[[AsyncSession, UUID, datetime], Awaitable[UUID]]
_deputies: Deputies | None = None


def provide_deputies(provider: Deputies) -> None:
    """A later module tells who stands in for whom; without one everybody gets their own."""
    global _deputies
    _deputies = provider


async def route(session: AsyncSession, task: Task, member_id: UUID | None, now: datetime) -> None:
    """Name the task to the member or to their deputy. It stays the member's turn: a deputy has no more rights."""
    task.assignee_id, task.covered_id = member_id, None
    if member_id is not None and _deputies is not None:
        deputy = await _deputies(session, member_id, now)
        if deputy != member_id:
            task.assignee_id, task.covered_id = deputy, member_id
