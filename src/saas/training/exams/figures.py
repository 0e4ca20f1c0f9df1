"""How hard the questions of a course proved to be, and who tried it: for its trainers.

A question's figures are shown from five answers on. Its share is of first tries only, so that what people learned from
an explanation does not make it look easy; its discrimination is the correlation with the rest of the exam.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import Membership
from saas.kernel.tenancy import of_this_firm
from saas.training.exam_models import Attempt, ExamItem

FEWEST = 5  # answers before a share is shown
ENOUGH = 10  # answers before a discrimination is
TOO_EASY, TOO_HARD, TELLS_LITTLE = 0.95, 0.3, 0.1


@dataclass(frozen=True, slots=True)
class Difficulty:
    """Of one question: how many first tries answered it, their mean points (0–1), and what it tells of the whole."""

    n: int
    share: float
    discrimination: float | None

    @property
    def shown(self) -> bool:
        return self.n >= FEWEST


async def difficulties(session: AsyncSession, course_id: UUID) -> dict[str, Difficulty]:
    """By question key, over all versions in which it was asked; from first tries that were handed in."""
    query = (
        select(ExamItem.question_key, ExamItem.points, Attempt.points, Attempt.full)
        .join(Attempt, (Attempt.firm_id == ExamItem.firm_id) & (Attempt.id == ExamItem.attempt_id))
        .where(
            of_this_firm(ExamItem),
            ExamItem.course_id == course_id,
            Attempt.number == 1,
            Attempt.handed_in_at.is_not(None),
        )
    )
    answers: dict[str, list[tuple[int, float]]] = {}
    for key, points, total, full in (await session.execute(query)).all():
        rest = full - 100
        answers.setdefault(key, []).append((points or 0, (total - (points or 0)) / rest if rest else 0.0))
    return {key: _difficulty(found) for key, found in answers.items()}


def _difficulty(found: Sequence[tuple[int, float]]) -> Difficulty:
    share = sum(points for points, _rest in found) / (100 * len(found))
    enough = correlation([points / 100 for points, _rest in found], [rest for _points, rest in found])
    return Difficulty(len(found), share, enough if len(found) >= ENOUGH else None)


def correlation(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Pearson's r; None where one of them does not vary."""
    n = len(one)
    mean_one, mean_other = sum(one) / n, sum(other) / n
    spread = sqrt(sum((x - mean_one) ** 2 for x in one) * sum((y - mean_other) ** 2 for y in other))
    if not spread:
        return None
    return sum((x - mean_one) * (y - mean_other) for x, y in zip(one, other, strict=True)) / spread


@dataclass(frozen=True, slots=True)
class PassRate:
    """First tries that were handed in, and how many of them passed."""

    tried: int
    passed: int


async def pass_rate(session: AsyncSession, course_id: UUID) -> PassRate:
    query = select(func.count(), func.count().filter(Attempt.passed)).where(
        of_this_firm(Attempt), Attempt.course_id == course_id, Attempt.number == 1, Attempt.handed_in_at.is_not(None)
    )
    tried, passed = (await session.execute(query)).one()
    return PassRate(tried, passed)


async def latest_attempts(session: AsyncSession, course_id: UUID, limit: int) -> list[tuple[Attempt, Any]]:
    """The latest of the course with their people, open ones too."""
    query = (
        select(Attempt, Membership)
        .join(Membership, (Membership.firm_id == Attempt.firm_id) & (Membership.id == Attempt.member_id))
        .where(of_this_firm(Attempt), Attempt.course_id == course_id)
        .order_by(Attempt.started_at.desc(), Attempt.id)
        .limit(limit)
    )
    return [(attempt, member) for attempt, member in (await session.execute(query)).all()]
