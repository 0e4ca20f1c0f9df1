"""The completion matrix: two keysets, two grouped queries, one word and one date a cell."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import Membership
from saas.kernel import clock
from saas.kernel.i18n import Both, Text, _
from saas.kernel.tenancy import of_this_firm
from saas.training.course_models import Course, CourseVersion
from saas.training.duty_models import Assignment
from saas.training.exam_models import Certificate

PEOPLE, COURSES = 50, 40
EXPIRING = timedelta(days=30)
# state: (word, tone of its badge, icon). The word says it; colour and icon repeat it.
STATES: dict[str, tuple[Text, str, str]] = {
    "valid": (_("valid"), "green", "check"),
    "expiring": (_("ends soon"), "amber", "clock"),
    "due": (_("to do"), "accent", "edit"),
    "overdue": (_("overdue"), "red", "alarm"),
    "ended": (_("ended"), "amber", "clock"),
    "waived": (_("let off"), "", "minus"),
    "none": (_("not assigned"), "", ""),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A member's standing in a course; `day` is the last valid or the due day."""

    state: str
    day: date | None = None

    @property
    def day_text(self) -> str:
        return self.day.isoformat() if self.day else ""


NONE = Cell("none")


@dataclass(frozen=True, slots=True)
class Grid:
    """A page of the matrix. The keys are where the next page begins; "" at the ends."""

    courses: Sequence[tuple[UUID, Text]]
    rows: Sequence[tuple[UUID, str, Sequence[Cell]]]
    next_person: str
    next_course: str


async def grid(session: AsyncSession, now: datetime, after_person: str = "", after_course: str = "") -> Grid:
    """People by name, courses by key; both keys come from the page before."""
    people = await _people(session, after_person)
    courses = await _courses(session, after_course)
    shown, columns = people[:PEOPLE], courses[:COURSES]
    cells = await _cells(session, [m.id for m in shown], [c.id for c, _v in columns], now)
    last = shown[-1] if len(people) > PEOPLE else None
    return Grid(
        [(course.id, Both(version.title["zh"], version.title["en"])) for course, version in columns],
        [(m.id, m.name, [cells.get((m.id, c.id), NONE) for c, _v in columns]) for m in shown],
        f"{last.name}~{last.id}" if last else "",
        columns[-1][0].slug if len(courses) > COURSES else "",
    )


async def _people(session: AsyncSession, after: str) -> Sequence[Membership]:
    key = (Membership.name, Membership.id)
    query = select(Membership).where(of_this_firm(Membership), Membership.left_at.is_(None)).order_by(*key)
    name, _tilde, row_id = after.rpartition("~")
    with suppress(ValueError):  # an address somebody shortened begins at the top
        query = query.where(tuple_(*key) > (name, UUID(row_id)))
    return (await session.scalars(query.limit(PEOPLE + 1))).all()


async def _courses(session: AsyncSession, after: str) -> Sequence[tuple[Course, CourseVersion]]:
    query = (
        select(Course, CourseVersion)
        .join(CourseVersion, (CourseVersion.firm_id == Course.firm_id) & (CourseVersion.id == Course.published_id))
        .where(of_this_firm(Course), Course.retired_at.is_(None), Course.slug > after)
        .order_by(Course.slug)
        .limit(COURSES + 1)
    )
    return [(course, version) for course, version in (await session.execute(query)).all()]


async def _cells(
    session: AsyncSession, members: Sequence[UUID], courses: Sequence[UUID], now: datetime
) -> dict[tuple[UUID, UUID], Cell]:
    today = now.astimezone(clock.CHINA).date()
    papers = select(Certificate.member_id, Certificate.course_id, func.max(Certificate.valid_until)).where(
        of_this_firm(Certificate),
        Certificate.member_id.in_(members),
        Certificate.course_id.in_(courses),
        Certificate.withdrawn_at.is_(None),
    )
    until = {
        (who, what): day
        for who, what, day in await session.execute(papers.group_by(Certificate.member_id, Certificate.course_id))
    }
    duties = select(
        Assignment.member_id, Assignment.course_id, Assignment.due_at, Assignment.waived_at, Assignment.why
    ).where(
        of_this_firm(Assignment),
        Assignment.member_id.in_(members),
        Assignment.course_id.in_(courses),
        Assignment.done_at.is_(None),
    )
    cells = {key: _certified(day, today) for key, day in until.items()}
    for row in (await session.execute(duties.order_by(Assignment.assigned_at))).all():
        key = (row.member_id, row.course_id)
        cells[key] = _owed(row, cells.get(key), now)
    return cells


def _certified(day: date, today: date) -> Cell:
    state = "ended" if day < today else "expiring" if day < today + EXPIRING else "valid"
    return Cell(state, day)


def _owed(row: Any, held: Cell | None, now: datetime) -> Cell:
    """An open assignment over what is held; a waived one only where nothing is."""
    if row.waived_at is not None:
        return held or Cell("waived")
    due = row.due_at.astimezone(clock.CHINA).date()
    if row.due_at < now:
        return Cell("overdue", due)
    return held if held is not None and row.why == "renewal" else Cell("due", due)
