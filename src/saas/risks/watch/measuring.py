"""From what was counted to a likelihood: how often a year, over how many days, as a step of the scale."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.directory import Firm
from saas.kernel.money import ZERO, Money
from saas.kernel.tenancy import current_firm_id, of_this_firm
from saas.risks.watch.watch_models import Hit

YEAR = 365
SHORTEST = 30  # days: over less a rate says nothing
STEPS = ((52, 5), (12, 4), (4, 3), (1, 2))  # at least so often a year → step (saas.risks.levels.LIKELIHOOD)


@dataclass(frozen=True, slots=True)
class Measured:
    """n hits in so many days, what they may have cost together, and the step of the scale they stand for."""

    hits: int
    days: int
    amount: Money = ZERO

    @property
    def enough(self) -> bool:
        return self.days >= SHORTEST and self.hits > 0

    @property
    def yearly(self) -> int:
        """Hits a year at this rate, rounded; 0 while too short."""
        return round(self.hits * YEAR / self.days) if self.days >= SHORTEST else 0

    @property
    def likelihood(self) -> int:
        """1…5; what happened less than once a year is rare."""
        rate = self.hits * YEAR
        return next((step for least, step in STEPS if rate >= least * self.days), 1)


async def measured(session: AsyncSession, watches: Collection[str], now: datetime) -> Measured:
    """Of the last year, or of the time since the firm began where that is shorter."""
    days = await observed_days(session, now)
    if not watches:
        return Measured(0, days)
    query = select(func.count(), func.sum(Hit.amount)).where(
        of_this_firm(Hit), Hit.watch.in_(watches), Hit.at > now - timedelta(days=YEAR), Hit.at <= now
    )
    row = (await session.execute(query)).one()
    return Measured(row[0], days, row[1] or ZERO)


async def observed_days(session: AsyncSession, now: datetime) -> int:
    """For how long hits could have been seen, at most a year; at least a day."""
    began = await session.scalar(select(Firm.created_at).where(Firm.id == current_firm_id()))
    first = await session.scalar(select(func.min(Hit.at)).where(of_this_firm(Hit)))
    since = min(moment for moment in (began, first, now) if moment is not None)
    return max(1, min(YEAR, (now - since).days))


async def hits(session: AsyncSession, watches: Collection[str], limit: int = 50) -> Sequence[Hit]:
    """What was counted, the newest first."""
    if not watches:
        return []
    query = select(Hit).where(of_this_firm(Hit), Hit.watch.in_(watches)).order_by(Hit.at.desc(), Hit.id.desc())
    return (await session.scalars(query.limit(limit))).all()


async def counted(session: AsyncSession, kind: str, since: datetime, now: datetime) -> dict[str, int]:
    """Hits by watch of one kind since a moment."""
    query = select(Hit.watch, func.count()).where(
        of_this_firm(Hit), Hit.watch.startswith(f"{kind}:", autoescape=True), Hit.at > since, Hit.at <= now
    )
    return {row[0]: row[1] for row in (await session.execute(query.group_by(Hit.watch))).all()}
