"""The tasks that ask a person to reach the client about a letter: opened when machines got no further, and ended by
the record of what was done, or by the end of the letter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Contact
from saas.kernel import tenancy
from saas.kernel.i18n import Text, _
from saas.kernel.module import Event
from saas.kernel.perform import calendar_of
from saas.notices.models import Notice
from saas.tasks.models import Task

CALL = _("Call the client: no answer has come")
NOT_ARRIVED = _("Call the client: the letter did not arrive")
BY_WECHAT = _("Hand the link over by WeChat, or call: the letter did not arrive")
STEPS = (CALL, NOT_ARRIVED, BY_WECHAT)
REACHED_BY_HAND = (NOT_ARRIVED, BY_WECHAT)  # done as soon as a person handed the letter over, by whatever way
ENDS = ("acknowledged", "objected", "filed", "expired", "withdrawn", "superseded")


async def open_task(session: AsyncSession, notice: Notice, step: Text, now: datetime) -> Task:
    """Something the owner has to do about a letter within a working day."""
    calendar = await calendar_of(session)
    task = Task(
        subject_kind="notice",
        subject_id=notice.id,
        client_id=notice.client_id,
        title=notice.title,
        step=step,
        url=f"/notices/{notice.id}",
        assignee_id=notice.owner_id,
        created_at=now,
        due_at=calendar.add_minutes(now, calendar.minutes_per_day)[0],
    )
    session.add(task)
    await session.flush()
    return task


async def ask_for_call(session: AsyncSession, notice: Notice, step: Text, now: datetime, *, once: bool = False) -> None:
    """Open the task unless it is open; with `once`, unless it was ever there."""
    known = _of(notice.id).where(Task.step == step)
    if await session.scalar((known if once else known.where(Task.done_at.is_(None))).limit(1)) is None:
        await open_task(session, notice, step, now)


def by_hand(contacts: Sequence[Contact]) -> Text:
    """What a person does where machines reach nobody: the way the first contact wishes."""
    return BY_WECHAT if contacts and contacts[0].channel == "wechat" else NOT_ARRIVED


async def recorded(session: AsyncSession, notice_id: UUID, by: UUID | None, now: datetime, *, called: bool) -> None:
    """A person called, or handed the letter over another way: what asked for it is done."""
    steps = STEPS if called else REACHED_BY_HAND
    await _finish(session, notice_id, steps, by, now)


async def letter_is_over(session: AsyncSession, event: Event) -> None:
    """Answered, replaced, withdrawn or expired: nobody has to call about it any more."""
    by = event.actor.id if event.actor.kind == "member" else None
    await _finish(session, event.row.id, STEPS, by, event.now)


async def _finish(
    session: AsyncSession, notice_id: UUID, steps: tuple[Text, ...], by: UUID | None, now: datetime
) -> None:
    for task in (await session.scalars(_of(notice_id).where(Task.done_at.is_(None)))).all():
        if task.step in steps:
            task.finish(now, by)


def _of(notice_id: UUID) -> Select[Task]:
    return select(Task).where(
        Task.firm_id == tenancy.current_firm_id(), Task.subject_id == notice_id, Task.workflow == ""
    )
