"""What goes to a colleague when somebody leaves, and what happens when two clients become one."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.improvement.changes.change_models import Change
from saas.improvement.changes.queries import OVER
from saas.improvement.lessons.action_pages import of_member
from saas.kernel.i18n import _
from saas.kernel.module import Event, Holding
from saas.kernel.tenancy import of_this_firm


async def holdings(session: AsyncSession, member_id: UUID) -> Sequence[Holding]:
    """Open actions and drafts of changes that name this member."""
    return [Holding(_("Actions"), len(await of_member(session, member_id))),
            Holding(_("Changes"), len(await _changes(session, member_id)))]  # fmt: skip


async def follow_leaving(session: AsyncSession, event: Event) -> None:
    """Whoever takes over owns the actions; drafts get a new author, who then never approves them."""
    member_id, to_id = UUID(event.detail["member_id"]), UUID(event.detail["to_id"])
    for action in await of_member(session, member_id):
        action.owner_id = to_id
    for change in await _changes(session, member_id):
        change.author_id = to_id


async def _changes(session: AsyncSession, member_id: UUID) -> Sequence[Change]:
    """Only those nobody has approved yet: an approved change keeps its author."""
    query = select(Change).where(of_this_firm(Change), Change.author_id == member_id, Change.approved_by.is_(None),
                                 Change.state.not_in(OVER))  # fmt: skip
    return (await session.scalars(query)).all()
