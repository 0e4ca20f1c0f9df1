"""Which few causes make most of the trouble: confirmed cases by cause, the largest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.models import Case
from saas.improvement.measuring.counting import confirmed, moments

MOST_OF_IT = 80  # percent: the causes up to here are the few that matter


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters of the address; both days included."""

    since: date
    until: date
    client_id: UUID | None = None
    rule: str = ""
    owner_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One cause with its share and the share of all up to it, in percent."""

    code: str
    count: int
    share: float
    cumulative: float
    vital: bool  # one of the few that make 80 %


async def counted(session: AsyncSession, wanted: Wanted) -> dict[str, int]:
    """Confirmed cases whose cause is known, by its code."""
    begin, end = moments(wanted.since, wanted.until)
    given = {"client_id": wanted.client_id, "rule": wanted.rule, "owner_id": wanted.owner_id}
    query = (
        select(Case.cause_code, func.count())
        .where(*confirmed(), Case.cause_code != "", Case.opened_at >= begin, Case.opened_at < end)
        .where(*(getattr(Case, name) == value for name, value in given.items() if value))
        .group_by(Case.cause_code)
    )
    return {row[0]: row[1] for row in (await session.execute(query)).all()}


async def choices(session: AsyncSession, wanted: Wanted, name: str) -> dict[Any, int]:
    """Cases by client, rule or owner in this time: what the filters offer."""
    begin, end = moments(wanted.since, wanted.until)
    column: Any = getattr(Case, name)
    query = (
        select(column, func.count())
        .where(*confirmed(), Case.cause_code != "", Case.opened_at >= begin, Case.opened_at < end)
        .group_by(column)
        .order_by(func.count().desc())
        .limit(30)
    )
    return {row[0]: row[1] for row in (await session.execute(query)).all() if row[0]}


def ranked(counts: Mapping[str, int]) -> list[Line]:
    """The largest first; ties by code, so that the order never jumps."""
    total, run, lines = sum(counts.values()), 0, []
    for code, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        vital = 100 * run < MOST_OF_IT * total
        run += count
        lines.append(Line(code, count, 100 * count / total, 100 * run / total, vital))
    return lines
