"""One course to many people: promised with the click, done by a job."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock, tenancy
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.i18n import Both, _
from saas.kernel.outbox import enqueue
from saas.kernel.perform import calendar_of
from saas.training.assigning.assign import Why, assign_many
from saas.training.course_models import Course


def promise(
    session: AsyncSession, course_id: UUID, member_ids: Collection[UUID], reason: str, due_on: date, actor: Actor
) -> None:
    """In the transaction of the click; the same click twice gives nobody a second assignment."""
    enqueue(
        session,
        "training.assign",
        course_id=str(course_id),
        member_ids=" ".join(str(member_id) for member_id in member_ids),  # arguments of jobs are texts
        reason=reason,
        due_on=due_on.isoformat(),
        by=str(actor.id),
    )
    record(session, actor, "training.assign", clock.now(), people=len(member_ids), reason=reason).subject_id = course_id


async def give(session: AsyncSession, course_id: str, member_ids: str, reason: str, due_on: str, by: str) -> None:
    """The job "training.assign". A course retired meanwhile is given to nobody."""
    course = await session.get_one(Course, (tenancy.current_firm_id(), UUID(course_id)))
    if course.retired_at is not None:
        return
    due_at = (await calendar_of(session)).close_of(date.fromisoformat(due_on))
    words = Both(reason, reason) if reason else _("given by hand")
    why = Why("manual", words, by=UUID(by))
    await assign_many(session, course, [UUID(member_id) for member_id in member_ids.split()], why, clock.now(), due_at)
