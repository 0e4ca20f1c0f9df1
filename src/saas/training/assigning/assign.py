"""Giving a course to people: whatever the reason, one open assignment a member and course, and a task in My work."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import insert as plain_insert
from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.choices import Choice, choice, offer_choices
from saas.firms.models import Notification
from saas.firms.notifications import notify
from saas.identity.models import Membership
from saas.kernel import clock, tenancy
from saas.kernel.i18n import Both, Text, _
from saas.kernel.identifiers import uuid7
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm
from saas.tasks.models import Task
from saas.training.assigning import queries
from saas.training.course_models import Course, CourseVersion
from saas.training.duty_models import Assignment

KIND = "course"  # of tasks and of notifications
PASS = _("Pass the course")
SOON = frozenset({"rule", "lesson", "policy"})  # what went wrong, or what counts already, is learned sooner
REST = timedelta(days=30)  # who passed it within this time does not sit it again for another finding of the same kind

offer_choices(
    Choice(
        "course_days",
        _("Working days for a course"),
        _("From the day on which it is assigned by a role, by hand or by the plan."),
        "count",
        10,
        least=1,
        most=60,
    ),
    Choice(
        "course_days_soon",
        _("Working days for a course after an error"),
        _("Assigned by a finding, by a lesson or by a new version of a policy."),
        "count",
        5,
        least=1,
        most=60,
    ),
)


@dataclass(frozen=True, slots=True)
class Why:
    """What a course is assigned for: role rule lesson policy skill regulation renewal plan manual."""

    kind: str
    reason: Text
    source_id: UUID | None = None
    source_key: str = ""
    by: UUID | None = None  # None: by the product


async def assign(
    session: AsyncSession, member_id: UUID, course_key: str, why: Why, now: datetime, due_at: datetime | None = None
) -> Assignment | None:
    """Give the course with this key (its slug) to a member; the open assignment, also one that was there before.

    None where the firm has no such course in use, or where the member does not work here. For other modules.
    """
    course = await queries.in_use(session, course_key)
    if course is None:
        return None
    await assign_many(session, course, [member_id], why, now, due_at)
    return await queries.open_of(session, member_id, course.id)


async def assign_many(
    session: AsyncSession,
    course: Course,
    member_ids: Collection[UUID],
    why: Why,
    now: datetime,
    due_at: datetime | None = None,
) -> list[UUID]:
    """The ids of the members who got it now; who has left is left alone.

    Who has it open already keeps that one; an error, a lesson or a policy brings its day forward and is its reason.
    """
    if course.published_id is None or not member_ids:
        return []
    version = await session.get_one(CourseVersion, (course.firm_id, course.published_id))
    due_at = due_at or await due_date(session, why.kind, now)
    here = select(Membership.id).where(of_this_firm(Membership), Membership.left_at.is_(None))
    members = (await session.scalars(here.where(Membership.id.in_(set(member_ids))))).all()
    rows = [_row(version, member, why, now, due_at) for member in members]
    if not rows:
        return []
    new = insert(Assignment).on_conflict_do_nothing(
        index_elements=["firm_id", "member_id", "course_id"],
        index_where=text("done_at IS NULL AND waived_at IS NULL"),
    )
    made = (await session.execute(new.returning(Assignment.id, Assignment.member_id), rows)).all()
    if why.kind in SOON:
        await _bring_forward(session, course, members, why, due_at)
    await _give_tasks(session, course, version, {who: row_id for row_id, who in made}, why, now, due_at)
    return [who for _row_id, who in made]


def _row(
    version: CourseVersion, member_id: UUID, why: Why, now: datetime, due_at: datetime
) -> dict[str, UUID | str | Text | datetime | None]:
    """As the insert takes it."""
    return {
        "firm_id": tenancy.current_firm_id(),
        "id": uuid7(),
        "member_id": member_id,
        "course_id": version.course_id,
        "version_id": version.id,
        "why": why.kind,
        "reason": why.reason,
        "source_id": why.source_id,
        "source_key": why.source_key,
        "assigned_by": why.by,
        "assigned_at": now,
        "due_at": due_at,
    }


async def _bring_forward(
    session: AsyncSession, course: Course, members: Collection[UUID], why: Why, due_at: datetime
) -> None:
    earlier = (
        update(Assignment)
        .where(
            of_this_firm(Assignment),
            Assignment.course_id == course.id,
            Assignment.member_id.in_(members),
            Assignment.done_at.is_(None),
            Assignment.waived_at.is_(None),
            Assignment.due_at > due_at,
        )
        .values(due_at=due_at, why=why.kind, reason=why.reason, source_id=why.source_id, source_key=why.source_key)
    )
    ids = (await session.scalars(earlier.returning(Assignment.id))).all()
    tasks = update(Task).where(of_this_firm(Task), Task.subject_id.in_(ids), Task.done_at.is_(None))
    await session.execute(tasks.values(due_at=due_at))


async def due_date(session: AsyncSession, why: str, now: datetime) -> datetime:
    """The close of the last working day the firm gives for it."""
    days = int(await choice(session, "course_days_soon" if why in SOON else "course_days"))
    calendar = await calendar_of(session)
    return calendar.close_of(calendar.add_working_days(now.astimezone(clock.CHINA).date(), days))


async def _give_tasks(
    session: AsyncSession,
    course: Course,
    version: CourseVersion,
    made: dict[UUID, UUID],
    why: Why,
    now: datetime,
    due_at: datetime,
) -> None:
    """In My work, and told: to one person as always, to many in one statement (they were told of nothing like it)."""
    if not made:
        return
    title, url = Both(version.title["zh"], version.title["en"]), f"/training/courses/{course.id}"
    firm_id = tenancy.current_firm_id()
    common = {"firm_id": firm_id, "title": title, "url": url}
    tasks = [
        {
            **common,
            "id": uuid7(),
            "subject_kind": KIND,
            "subject_id": row_id,
            "step": PASS,
            "assignee_id": who,
            "created_at": now,
            "due_at": due_at,
        }
        for who, row_id in made.items()
    ]
    await session.execute(plain_insert(Task), tasks)
    words = _("Course assigned: %(course)s (%(reason)s)", course=title, reason=why.reason)
    if len(made) == 1:
        await notify(session, made, "assigned", words, url, now)
        return
    told = {"firm_id": firm_id, "kind": "assigned", "text": words, "url": url, "created_at": now}
    await session.execute(plain_insert(Notification), [{**told, "id": uuid7(), "member_id": who} for who in made])


async def end_task(session: AsyncSession, assignment: Assignment, now: datetime, by: UUID | None) -> None:
    """Nothing is left to do in My work."""
    query = select(Task).where(of_this_firm(Task), Task.subject_id == assignment.id, Task.done_at.is_(None))
    for task in (await session.scalars(query)).all():
        task.finish(now, by)
