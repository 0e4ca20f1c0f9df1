"""What the calendar brings: rules that begin or end soon, and the register that is read through once a year."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.improvement.regulations import queries, rollout
from saas.improvement.regulations.regulation_models import Regulation
from saas.kernel import clock
from saas.kernel.clock import CHINA
from saas.kernel.i18n import Text, _
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm
from saas.tasks.models import Task

AHEAD = timedelta(days=45)
BEGINS, ENDS = _("Takes effect on this day: is everybody ready?"), _("Ends on this day: who is touched?")
TURN, REVIEW = "regulation_day", "register"  # kinds of the tasks
REVIEW_STEP = _("Read the register through: does every entry still hold?")
REVIEW_DAYS = 20  # working days


async def look_ahead(session: AsyncSession) -> None:
    """The daily job: a manager's task for each rule that begins or ends soon, and the yearly reading. Twice is once."""
    today, now = clock.today(), clock.now()
    for one in await queries.turning(session, today, today + AHEAD):
        begins = one.effective_on is not None and one.effective_on > today
        day = one.effective_on if begins else one.repealed_on
        step = BEGINS if begins else ENDS
        if day is not None and not await _known(session, TURN, one.id, step):
            due = datetime.combine(day, time(9), CHINA)
            session.add(_task(TURN, one.id, rollout.title(one), step, rollout.url(one), now, due))
    if await queries.count_to_review(session, today) and not await _open(session, REVIEW, None):
        calendar = await calendar_of(session)
        due, _provisional = calendar.add_minutes(now, REVIEW_DAYS * calendar.minutes_per_day)
        where = "/improvement/regulations?view=review"
        session.add(_task(REVIEW, None, _("Register of regulations"), REVIEW_STEP, where, now, due))
    await session.flush()


def _task(kind: str, subject_id: UUID | None, title: Text, step: Text, url: str, now: datetime, due: datetime) -> Task:
    return Task(subject_kind=kind, subject_id=subject_id, title=title, step=step, url=url, role="manager",
                created_at=now, due_at=due)  # fmt: skip


async def end_review(session: AsyncSession, by: UUID | None) -> None:
    """The yearly task ends with the last entry that had not been looked at."""
    if not await queries.count_to_review(session, clock.today()):
        for task in await _open(session, REVIEW, None):
            task.finish(clock.now(), by)


async def is_ready(session: AsyncSession, one: Regulation, by: UUID | None) -> None:
    for task in await _open(session, TURN, one.id):
        task.finish(clock.now(), by)


async def _open(session: AsyncSession, kind: str, subject_id: UUID | None) -> list[Task]:
    query = select(Task).where(of_this_firm(Task), Task.subject_kind == kind, Task.done_at.is_(None))
    if subject_id is not None:
        query = query.where(Task.subject_id == subject_id)
    return list((await session.scalars(query)).all())


async def _known(session: AsyncSession, kind: str, subject_id: UUID, step: Text) -> bool:
    """Given once, done or not."""
    query = select(Task).where(of_this_firm(Task), Task.subject_kind == kind, Task.subject_id == subject_id)
    return any(task.step.msgid == step.msgid for task in (await session.scalars(query)).all())
