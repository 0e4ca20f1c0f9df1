"""Somebody leaves: the letters they look after go to a colleague, who then also answers for them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import tenancy
from saas.kernel.i18n import _
from saas.kernel.module import Event, Holding
from saas.notices.models import Notice
from saas.notices.workflow import NOTICE

OPEN = [state.name for state in NOTICE.states if not state.final]


async def holdings(session: AsyncSession, member_id: UUID) -> Sequence[Holding]:
    """Letters that are not over yet."""
    query = select(func.count()).select_from(Notice)
    count = await session.scalar(query.where(*_held(member_id))) or 0
    return [Holding(_("Letters under way"), count)]


async def follow_leaving(session: AsyncSession, event: Event) -> None:
    """The author stays the author; whose turn it is changes."""
    leaving, taking = UUID(event.detail["member_id"]), UUID(event.detail["to_id"])
    await session.execute(update(Notice).where(*_held(leaving)).values(owner_id=taking))


def _held(member_id: UUID) -> list[ColumnElement[bool]]:
    return [Notice.firm_id == tenancy.current_firm_id(), Notice.owner_id == member_id, Notice.state.in_(OPEN)]
