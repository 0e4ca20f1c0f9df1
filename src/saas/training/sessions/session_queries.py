"""Every SELECT on team sessions."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm
from saas.training.duty_models import Attendance, TeamSession


async def sessions(session: AsyncSession, limit: int = 200) -> Sequence[TeamSession]:
    """The latest first."""
    query = select(TeamSession).where(of_this_firm(TeamSession)).order_by(TeamSession.held_at.desc(), TeamSession.id)
    return (await session.scalars(query.limit(limit))).all()


async def or_none(session: AsyncSession, row_id: UUID) -> TeamSession | None:
    query = select(TeamSession).where(of_this_firm(TeamSession), TeamSession.id == row_id)
    found: TeamSession | None = await session.scalar(query)
    return found


async def locked(session: AsyncSession, row_id: UUID) -> TeamSession:
    """Missing for a stranger's."""
    return await own_row(session, TeamSession, row_id, lock=True)


async def invited(session: AsyncSession, row_id: UUID) -> Sequence[Attendance]:
    query = select(Attendance).where(of_this_firm(Attendance), Attendance.session_id == row_id)
    return (await session.scalars(query.order_by(Attendance.id))).all()


async def of_member(session: AsyncSession, member_id: UUID) -> list[tuple[TeamSession, Attendance]]:
    """What a member was invited to, the latest first."""
    query = (
        select(TeamSession, Attendance)
        .join(Attendance, (Attendance.firm_id == TeamSession.firm_id) & (Attendance.session_id == TeamSession.id))
        .where(of_this_firm(TeamSession), Attendance.member_id == member_id)
        .order_by(TeamSession.held_at.desc())
    )
    return [(held, attendance) for held, attendance in (await session.execute(query)).all()]


async def led_by(session: AsyncSession, member_id: UUID) -> Sequence[TeamSession]:
    """Planned ones this member is to lead."""
    query = select(TeamSession).where(
        of_this_firm(TeamSession),
        TeamSession.led_by == member_id,
        TeamSession.closed_at.is_(None),
        TeamSession.called_off_at.is_(None),
    )
    return (await session.scalars(query)).all()
