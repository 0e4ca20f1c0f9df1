"""Every SELECT on assignments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import Membership
from saas.kernel.errors import Missing
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm
from saas.training.course_models import Course, CourseVersion
from saas.training.duty_models import Assignment
from saas.training.exam_models import Certificate
from saas.training.queries import Published, published

_OPEN = (Assignment.done_at.is_(None), Assignment.waived_at.is_(None))


async def in_use(session: AsyncSession, slug: str) -> Course | None:
    query = select(Course).where(of_this_firm(Course), Course.slug == slug, Course.retired_at.is_(None))
    found: Course | None = await session.scalar(query.where(Course.published_id.is_not(None)))
    return found


async def course(session: AsyncSession, course_id: UUID) -> Published:
    """One course in use with its version in force; Missing for any other."""
    found = next((pair for pair in await published(session) if pair[0].id == course_id), None)
    if found is None:
        raise Missing()
    return found


async def open_of(session: AsyncSession, member_id: UUID, course_id: UUID) -> Assignment | None:
    query = select(Assignment).where(
        of_this_firm(Assignment), *_OPEN, Assignment.member_id == member_id, Assignment.course_id == course_id
    )
    found: Assignment | None = await session.scalar(query)
    return found


async def due_of(session: AsyncSession, member_id: UUID) -> Sequence[Assignment]:
    """Open ones of a member, the earliest due first."""
    query = select(Assignment).where(of_this_firm(Assignment), *_OPEN, Assignment.member_id == member_id)
    return (await session.scalars(query.order_by(Assignment.due_at, Assignment.id))).all()


async def one(session: AsyncSession, assignment_id: UUID) -> Assignment:
    """Locked; Missing for a stranger's."""
    return await own_row(session, Assignment, assignment_id, lock=True)


async def open_by(session: AsyncSession, until: datetime) -> Sequence[Assignment]:
    """Open ones due by then, of people who work here."""
    query = (
        select(Assignment)
        .join(Membership, (Membership.firm_id == Assignment.firm_id) & (Membership.id == Assignment.member_id))
        .where(of_this_firm(Assignment), *_OPEN, Assignment.due_at <= until, Membership.left_at.is_(None))
    )
    return (await session.scalars(query.order_by(Assignment.due_at, Assignment.id))).all()


async def listed(
    session: AsyncSession, *, overdue_at: datetime | None, after: tuple[datetime, UUID] | None, limit: int
) -> list[tuple[Assignment, Membership, CourseVersion]]:
    """Open assignments with person and course, the earliest due first, after a key; only overdue ones if asked."""
    key = (Assignment.due_at, Assignment.id)
    query = (
        select(Assignment, Membership, CourseVersion)
        .join(Membership, (Membership.firm_id == Assignment.firm_id) & (Membership.id == Assignment.member_id))
        .join(
            CourseVersion, (CourseVersion.firm_id == Assignment.firm_id) & (CourseVersion.id == Assignment.version_id)
        )
        .where(of_this_firm(Assignment), *_OPEN)
        .order_by(*key)
        .limit(limit)
    )
    if overdue_at is not None:
        query = query.where(Assignment.due_at < overdue_at)
    if after is not None:
        query = query.where(func.row(*key) > func.row(*after))
    return [(row, member, version) for row, member, version in (await session.execute(query)).all()]


async def count_open(session: AsyncSession, overdue_at: datetime | None = None) -> int:
    query = select(func.count()).select_from(Assignment).where(of_this_firm(Assignment), *_OPEN)
    if overdue_at is not None:
        query = query.where(Assignment.due_at < overdue_at)
    return await session.scalar(query) or 0


async def holders(session: AsyncSession, course_id: UUID, on: date) -> set[UUID]:
    """The members with a certificate of this course that counts on a day."""
    query = select(Certificate.member_id).where(
        of_this_firm(Certificate),
        Certificate.course_id == course_id,
        Certificate.withdrawn_at.is_(None),
        Certificate.valid_until >= on,
    )
    return set((await session.scalars(query)).all())


async def passed_since(session: AsyncSession, course_id: UUID, since: datetime) -> set[UUID]:
    query = select(Certificate.member_id).where(
        of_this_firm(Certificate), Certificate.course_id == course_id, Certificate.issued_at >= since
    )
    return set((await session.scalars(query)).all())


async def lapsing(session: AsyncSession, until: date) -> list[Certificate]:
    """The latest certificate of each member and course that ends by a day; of courses in use, of people here."""
    latest: Any = (
        select(Certificate.member_id, Certificate.course_id, func.max(Certificate.valid_until).label("until"))
        .where(of_this_firm(Certificate), Certificate.withdrawn_at.is_(None))
        .group_by(Certificate.member_id, Certificate.course_id)
        .subquery()
    )
    query = (
        select(Certificate)
        .join(
            latest,
            (latest.c.member_id == Certificate.member_id)
            & (latest.c.course_id == Certificate.course_id)
            & (latest.c.until == Certificate.valid_until),
        )
        .join(Course, (Course.firm_id == Certificate.firm_id) & (Course.id == Certificate.course_id))
        .join(Membership, (Membership.firm_id == Certificate.firm_id) & (Membership.id == Certificate.member_id))
        .where(
            of_this_firm(Certificate),
            Certificate.withdrawn_at.is_(None),
            Certificate.valid_until <= until,
            Course.retired_at.is_(None),
            Membership.left_at.is_(None),
        )
    )
    return list((await session.scalars(query)).all())


async def valid_certificates(session: AsyncSession, on: date) -> dict[tuple[UUID, UUID], date]:
    """(member, course) → the last valid day, of what counts on a day. For other modules."""
    query = (
        select(Certificate.member_id, Certificate.course_id, func.max(Certificate.valid_until))
        .where(of_this_firm(Certificate), Certificate.withdrawn_at.is_(None), Certificate.valid_until >= on)
        .group_by(Certificate.member_id, Certificate.course_id)
    )
    return {(member, course): until for member, course, until in (await session.execute(query)).all()}
