"""Tasks that a case gives beside its own step, and what ends them: nobody keeps one that has become pointless."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.models import Case
from saas.kernel.i18n import Text, _
from saas.kernel.module import Event
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm
from saas.tasks.models import Task

TAKE_OVER = _("The client does not answer: take over the talk")
RETURNED = "The questions did not reach %(address)s"
EXPIRED = _("The letter expired without an answer: call and record it, or get the answer on paper")
OF_QUESTIONS = (TAKE_OVER.msgid, RETURNED)
OF_LETTERS = (EXPIRED.msgid,)


async def give(
    session: AsyncSession, case: Case, step: Text, now: datetime, *, role: str = "", assignee_id: UUID | None = None
) -> None:
    """Due within a working day."""
    calendar = await calendar_of(session)
    session.add(
        Task(
            subject_kind="case",
            subject_id=case.id,
            client_id=case.client_id,
            title=case.title,
            step=step,
            url=f"/cases/{case.id}",
            role=role,
            assignee_id=assignee_id,
            severity=case.severity,
            created_at=now,
            due_at=calendar.add_minutes(now, calendar.minutes_per_day)[0],
        )
    )


async def talk_goes_on(session: AsyncSession, event: Event) -> None:
    """The client answered, by link or otherwise on record."""
    await _end(session, event, OF_QUESTIONS)


async def letter_is_settled(session: AsyncSession, event: Event) -> None:
    """Answered, gone on without, or back to analysis."""
    await _end(session, event, OF_LETTERS)


async def _end(session: AsyncSession, event: Event, steps: tuple[str, ...]) -> None:
    query = select(Task).where(
        of_this_firm(Task), Task.subject_id == event.row.id, Task.workflow == "", Task.done_at.is_(None)
    )
    by = event.actor.id if event.actor.kind == "member" else None
    for task in (await session.scalars(query)).all():
        if task.step.msgid in steps:
            task.finish(event.now, by)
