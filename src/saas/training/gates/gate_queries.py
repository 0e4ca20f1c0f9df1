"""Every SELECT on the gates of a firm, and the row of a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.tenancy import of_this_firm
from saas.training.duty_models import Gate


async def history(session: AsyncSession) -> Sequence[Gate]:
    """What was and will be asked, by the day from which it counts."""
    query = select(Gate).where(of_this_firm(Gate)).order_by(Gate.qualification, Gate.valid_from)
    return (await session.scalars(query)).all()


async def of_day(session: AsyncSession, code: str, day: date) -> Gate | None:
    """The row that begins on this day, locked: a second choice for the same day takes its place."""
    query = select(Gate).where(of_this_firm(Gate), Gate.qualification == code, Gate.valid_from == day)
    found: Gate | None = await session.scalar(query.with_for_update())
    return found
