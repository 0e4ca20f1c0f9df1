"""Reminders: three working days before, on the day, then every week; managers hear of what is a week overdue."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.notifications import notify
from saas.firms.queries import with_roles
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.calendar import Calendar
from saas.kernel.i18n import Both, Text, _
from saas.kernel.perform import calendar_of
from saas.training.assigning import queries
from saas.training.course_models import CourseVersion
from saas.training.duty_models import Assignment

BEFORE = 3  # working days
WEEK = timedelta(days=7)
AHEAD = timedelta(days=20)  # three working days never reach further, not even over the long holidays


def steps_behind(due: date, today: date, calendar: Calendar) -> int:
    """How many reminders should have gone out by this day: 1 before, 2 on the day, then one for each week."""
    if today < calendar.add_working_days(due, -BEFORE):
        return 0
    if today < due:
        return 1
    return 2 + (today - due) // WEEK


def words(assignment: Assignment, version: CourseVersion, today: date) -> Text:
    due = assignment.due_at.astimezone(clock.CHINA).date()
    course = Both(version.title["zh"], version.title["en"])
    if today < due:
        return _("The course “%(course)s” is due on %(day)s.", course=course, day=due.isoformat())
    if today == due:
        return _("The course “%(course)s” is due today.", course=course)
    return _("The course “%(course)s” was due on %(day)s and is overdue.", course=course, day=due.isoformat())


async def remind(session: AsyncSession) -> None:
    """The job "training.remind". What was missed while nothing ran is said once, not many times."""
    now = clock.now()
    today, calendar = now.astimezone(clock.CHINA).date(), await calendar_of(session)
    late: list[Assignment] = []
    for assignment in await queries.open_by(session, now + AHEAD):
        due = assignment.due_at.astimezone(clock.CHINA).date()
        behind = steps_behind(due, today, calendar)
        if behind <= assignment.reminders:
            continue
        assignment.reminders, assignment.reminded_at = behind, now
        version = await session.get_one(CourseVersion, (assignment.firm_id, assignment.version_id))
        url = f"/training/courses/{assignment.course_id}"
        await notify(session, [assignment.member_id], "course", words(assignment, version, today), url, now)
        if today - due >= WEEK:
            late.append(assignment)
    await _escalate(session, late, now)


async def _escalate(session: AsyncSession, late: list[Assignment], now: datetime) -> None:
    """One message for all of them; nobody hears of their own."""
    if not late:
        return
    members = await members_by_id(session)
    for manager in await with_roles(session, ["manager", "owner"]):
        others = [row for row in late if row.member_id != manager.id]
        if not others:
            continue
        name = members[others[0].member_id].name if others[0].member_id in members else ""
        text = _("Courses overdue by a week or more: %(n)s, among them one of %(name)s.", n=len(others), name=name)
        await notify(session, [manager.id], "escalation", text, "/training/assignments?overdue=1", now)
    for assignment in late:
        assignment.escalated_at = now
