"""What is measured of the register: open risks by level, with n and with what is overdue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from saas.risks.levels import LEVELS, level_of
from saas.risks.register import queries


@dataclass(frozen=True, slots=True)
class OpenRisks:
    """Entries that are not closed: n in all, by level as they stand today, and reviews that are late."""

    n: int
    by_level: dict[str, int]  # "critical", "high", "medium", "low"
    overdue: int
    untreated: int


async def open_risks(session: AsyncSession, today: date) -> OpenRisks:
    found = await queries.risks(session)
    counts = {level.name: 0 for level in LEVELS}
    for risk in found:
        score = risk.inherent if risk.state == "open" else risk.residual
        counts[level_of(score).name] += 1
    return OpenRisks(
        len(found), counts, sum(risk.review_on < today for risk in found), sum(risk.state == "open" for risk in found)
    )
