"""Every SELECT on absences and delegations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import tenancy
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm
from saas.tasks.models import Task
from saas.teams.cover.cover_models import Cover

PERSONAL = ("course", "reading", "team_session", "procedure")  # to learn, read, attend: nobody can do it for another


async def standing(session: AsyncSession) -> Sequence[Cover]:
    """Those not ended, past ones of which the clock has not ended yet included; read once a transaction."""
    known: dict[UUID, Sequence[Cover]] = session.info.setdefault("team_covers", {})
    firm_id = tenancy.current_firm_id()
    if firm_id not in known:
        query = select(Cover).where(of_this_firm(Cover), Cover.ended_at.is_(None)).order_by(Cover.from_on, Cover.id)
        known[firm_id] = (await session.scalars(query)).all()
    return known[firm_id]


def forget(session: AsyncSession) -> None:
    """After a change: what was read is out of date."""
    session.info.pop("team_covers", None)


async def on_day(session: AsyncSession, day: date) -> list[Cover]:
    return [cover for cover in await standing(session) if cover.counts_on(day)]


async def past(session: AsyncSession, limit: int = 30) -> Sequence[Cover]:
    """What is over, the latest first."""
    query = select(Cover).where(of_this_firm(Cover), Cover.ended_at.is_not(None))
    return (await session.scalars(query.order_by(Cover.ended_at.desc()).limit(limit))).all()


async def cover(session: AsyncSession, cover_id: UUID, *, lock: bool = False) -> Cover:
    return await own_row(session, Cover, cover_id, lock=lock)


async def run_out(session: AsyncSession, today: date) -> Sequence[Cover]:
    """Their last day is over, but nobody has ended them yet."""
    query = select(Cover).where(of_this_firm(Cover), Cover.ended_at.is_(None), Cover.until_on < today)
    return (await session.scalars(query.with_for_update())).all()


async def movable(session: AsyncSession, member_id: UUID) -> Sequence[Task]:
    """Open tasks of a member that somebody else can do."""
    query = select(Task).where(
        of_this_firm(Task),
        Task.done_at.is_(None),
        Task.assignee_id == member_id,
        or_(Task.workflow != "", Task.subject_kind.not_in(PERSONAL)),
    )
    return (await session.scalars(query)).all()


async def covered(session: AsyncSession, member_id: UUID) -> Sequence[Task]:
    """Open tasks of a member that somebody else has for them."""
    query = select(Task).where(of_this_firm(Task), Task.done_at.is_(None), Task.covered_id == member_id)
    return (await session.scalars(query.order_by(Task.due_at))).all()
