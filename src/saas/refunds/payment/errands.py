"""Tasks that a refund gives beside its own step, and what ends them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.i18n import Text
from saas.kernel.module import Event
from saas.refunds.models import Refund
from saas.refunds.workflow import REFUND
from saas.tasks import errands


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
    if any(task.step.msgid == step.msgid for task in await errands.open_of(session, refund.id)):
        return
    role = "" if assignee_id else role
    await errands.give(session, REFUND, refund, step, now, role=role, assignee_id=assignee_id, days=days)


async def end(session: AsyncSession, refund: Refund, steps: tuple[str, ...], event: Event) -> None:
    """Nobody keeps a task that has become pointless. `steps` are msgids."""
    by = event.actor.id if event.actor.kind == "member" else None
    await errands.finish(session, refund.id, steps, event.now, by)
