"""Every SELECT on the register."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm
from saas.risks.models import Measure, Risk, RiskScore

OPEN = ("open", "treated", "accepted")


async def risk(session: AsyncSession, risk_id: UUID, *, lock: bool = False) -> Risk:
    """One risk of this firm; Missing for any other id."""
    return await own_row(session, Risk, risk_id, lock=lock)


async def risks(session: AsyncSession, *, closed: bool = False) -> Sequence[Risk]:
    """The register by number; a firm has some dozens, so filters are applied to what was read."""
    query = select(Risk).where(of_this_firm(Risk), Risk.state == "closed" if closed else Risk.state.in_(OPEN))
    return (await session.scalars(query.order_by(Risk.number))).all()


async def of_watch(session: AsyncSession, watch: str) -> Sequence[Risk]:
    """Entries against which this counts, closed ones left out."""
    query = select(Risk).where(of_this_firm(Risk), Risk.state.in_(OPEN), Risk.watches.contains([watch]))
    return (await session.scalars(query.order_by(Risk.number))).all()


async def measures(session: AsyncSession, risk_id: UUID) -> Sequence[Measure]:
    query = select(Measure).where(of_this_firm(Measure), Measure.risk_id == risk_id)
    return (await session.scalars(query.order_by(Measure.due_on, Measure.id))).all()


async def measure(session: AsyncSession, risk_id: UUID, measure_id: UUID) -> Measure:
    """One measure, locked; Missing for any other id."""
    return await own_row(session, Measure, measure_id, Measure.risk_id == risk_id, lock=True)


async def scores(session: AsyncSession, risk_id: UUID) -> Sequence[RiskScore]:
    """How it was scored, the newest first."""
    query = select(RiskScore).where(of_this_firm(RiskScore), RiskScore.risk_id == risk_id)
    return (await session.scalars(query.order_by(RiskScore.at.desc(), RiskScore.id.desc()))).all()


async def measures_by_risk(session: AsyncSession) -> dict[UUID, tuple[int, int]]:
    """(done, all) of each risk."""
    query = select(Measure.risk_id, func.count().filter(Measure.done_at.is_not(None)), func.count()).where(
        of_this_firm(Measure)
    )
    return {row[0]: (row[1], row[2]) for row in (await session.execute(query.group_by(Measure.risk_id))).all()}


def review_due(by: date) -> ColumnElement[bool]:
    return Risk.state.in_(OPEN) & (Risk.review_on <= by)


async def due_for_review(session: AsyncSession, by: date) -> Sequence[Risk]:
    return (await session.scalars(select(Risk).where(of_this_firm(Risk), review_due(by)).order_by(Risk.number))).all()


async def overdue_measures(session: AsyncSession, before: date) -> Sequence[Measure]:
    query = select(Measure).where(of_this_firm(Measure), Measure.done_at.is_(None), Measure.due_on < before)
    return (await session.scalars(query.order_by(Measure.due_on))).all()
