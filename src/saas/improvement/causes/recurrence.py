"""How often the same trouble comes back: closings of a rule and client (and object) that were followed by it again.

Of the closings that are 90 days old or older, those after which within 90 days the same case was reopened or another
one of the same client and rule was opened (domain.md W5). Cases without a rule cannot come back under it and are left
out, and so are those that closed because nothing was wrong.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from saas.cases.models import Case
from saas.cases.workflow import CASE
from saas.improvement.measuring.counting import moments
from saas.improvement.measuring.rates import Rate
from saas.kernel.stages import StageEntry
from saas.kernel.tenancy import of_this_firm

WITHIN = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Closing:
    """A case that was closed at a time; `reopened_at` is when it left that state, if it did."""

    case_id: UUID
    client_id: UUID
    rule: str
    object: str
    closed_at: datetime
    reopened_at: datetime | None


@dataclass(frozen=True, slots=True)
class Opening:
    case_id: UUID
    client_id: UUID
    rule: str
    object: str
    opened_at: datetime


def repeated(closings: Iterable[Closing], openings: Iterable[Opening], *, by_object: bool = False) -> list[bool]:
    """For each closing whether the same came back within 90 days."""
    opened: dict[tuple[UUID, str, str], list[Opening]] = {}
    for one in openings:
        opened.setdefault((one.client_id, one.rule, one.object if by_object else ""), []).append(one)
    found = []
    for closing in closings:
        until = closing.closed_at + WITHIN
        again = closing.reopened_at is not None and closing.reopened_at <= until
        key = (closing.client_id, closing.rule, closing.object if by_object else "")
        others = (o for o in opened.get(key, ()) if o.case_id != closing.case_id)
        found.append(again or any(closing.closed_at < other.opened_at <= until for other in others))
    return found


async def history(session: AsyncSession, since: date, until: date) -> tuple[list[Closing], list[Opening]]:
    """Closings between these days (both included) and everything that was opened until 90 days later."""
    begin, end = moments(since, until)
    stays = (
        select(
            StageEntry.subject_id, StageEntry.state, StageEntry.entered_at, StageEntry.left_at,
            func.lag(StageEntry.state).over(
                partition_by=StageEntry.subject_id, order_by=(StageEntry.entered_at, StageEntry.id)
            ).label("before"),
        ).where(of_this_firm(StageEntry), StageEntry.workflow == CASE.name).subquery()
    )  # fmt: skip
    closed = (
        select(Case.id, Case.client_id, Case.rule, Case.object, stays.c.entered_at, stays.c.left_at)
        .join(stays, stays.c.subject_id == Case.id)
        .where(of_this_firm(Case), Case.rule != "", stays.c.state == "closed", stays.c.before != "explained")
        .where(stays.c.entered_at >= begin, stays.c.entered_at < end)
        .order_by(stays.c.entered_at, Case.id)
    )
    other = aliased(Case)
    opened = (
        select(other.id, other.client_id, other.rule, other.object, other.opened_at)
        .where(of_this_firm(other), other.rule != "", other.opened_at >= begin, other.opened_at <= end + WITHIN)
        .where(other.outcome.not_in(("explained", "dismissed")))
    )
    closings = [Closing(*row) for row in (await session.execute(closed)).all()]
    return closings, [Opening(*row) for row in (await session.execute(opened)).all()]


async def rate(session: AsyncSession, since: date, until: date, today: date, *, by_object: bool = False) -> Rate:
    """The recurrence rate of cases closed between these days, with its n; only closings 90 days old are asked."""
    latest = min(until, today - WITHIN)
    if latest < since:
        return Rate(0, 0, since, until)
    closings, openings = await history(session, since, latest)
    return Rate(sum(repeated(closings, openings, by_object=by_object)), len(closings), since, latest)


@dataclass(frozen=True, slots=True)
class Group:
    """A rule's, or a client's, recurrence."""

    key: str
    rate: Rate


async def groups(
    session: AsyncSession, since: date, until: date, today: date, *, by: str = "rule", by_object: bool = False
) -> list[Group]:
    """By rule or by client, those that came back most often first."""
    latest = min(until, today - WITHIN)
    if latest < since:
        return []
    closings, openings = await history(session, since, latest)
    counts: dict[str, list[bool]] = {}
    for closing, again in zip(closings, repeated(closings, openings, by_object=by_object), strict=True):
        counts.setdefault(closing.rule if by == "rule" else str(closing.client_id), []).append(again)
    found = [Group(key, Rate(sum(hits), len(hits), since, latest)) for key, hits in counts.items()]
    return sorted(found, key=lambda group: (-group.rate.count, -group.rate.base, group.key))
