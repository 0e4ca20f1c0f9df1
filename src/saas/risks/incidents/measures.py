"""What is measured of incidents: how many, and the median time to contain and to recover, always with n."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from saas.risks.incidents import queries
from saas.risks.incidents.incident_models import Incident

FEWEST = 5  # below so many a median says nothing


@dataclass(frozen=True, slots=True)
class Figures:
    """Minutes by the clock from T0; None where fewer than FEWEST came so far. `n_…` is how many did."""

    declared: int
    n_contained: int
    contain: int | None
    n_recovered: int
    recover: int | None
    n_detected: int
    detect: int | None


def figures(found: Sequence[Incident]) -> Figures:
    """Of these incidents."""
    contain = [_minutes(i.declared_at, i.contained_at) for i in found if i.contained_at]
    recover = [_minutes(i.declared_at, i.recovered_at) for i in found if i.recovered_at]
    detect = [_minutes(i.began_at, i.declared_at) for i in found if i.began_at]
    return Figures(
        len(found), len(contain), median(contain), len(recover), median(recover), len(detect), median(detect)
    )


async def times_to_contain(session: AsyncSession, since: datetime) -> Figures:
    """Of the firm's incidents declared since a moment, called-off ones left out."""
    return figures(await queries.declared_since(session, since))


def median(minutes: Sequence[int]) -> int | None:
    """The middle one (of two, their mean rounded down); None of too few."""
    if len(minutes) < FEWEST:
        return None
    ordered, half = sorted(minutes), len(minutes) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) // 2


def _minutes(start: datetime | None, end: datetime | None) -> int:
    lasted = (end - start) if start is not None and end is not None else timedelta()
    return int(lasted.total_seconds() // 60)
