"""What goes to a colleague when somebody leaves: their open tasks."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.i18n import _
from saas.kernel.module import Event, Holding
from saas.tasks.queries import of_member


async def holdings(session: AsyncSession, member_id: UUID) -> Sequence[Holding]:
    """Open tasks that stand alone; those of a record are counted with the record."""
    alone = [task for task in await of_member(session, member_id) if not task.workflow]
    return [Holding(_("Open tasks"), len(alone))]


async def follow_leaving(session: AsyncSession, event: Event) -> None:
    """Whoever takes the work over gets them all; a record's own task follows its owner besides."""
    for task in await of_member(session, UUID(event.detail["member_id"])):
        task.assignee_id = UUID(event.detail["to_id"])
