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
from saas.notices.models import Notice
from saas.notices.workflow import NOTICE
from saas.tasks import errands
from saas.tasks.models import Task

CALL = _("Call the client: no answer has come")
NOT_ARRIVED = _("Call the client: the letter did not arrive")
BY_WECHAT = _("Hand the link over by WeChat, or call: the letter did not arrive")
STEPS = (CALL, NOT_ARRIVED, BY_WECHAT)
REACHED_BY_HAND = (NOT_ARRIVED, BY_WECHAT)  # done as soon as a person handed the letter over, by whatever way
ENDS = ("acknowledged", "objected", "filed", "expired", "withdrawn", "superseded")


async def open_task(session: AsyncSession, notice: Notice, step: Text, now: datetime) -> None:
    """Something the owner has to do about a letter within a working day."""
    await errands.give(session, NOTICE, notice, step, now, assignee_id=notice.owner_id)


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
    await errands.finish(session, notice_id, {step.msgid for step in steps}, now, by)


async def letter_is_over(session: AsyncSession, event: Event) -> None:
    """Answered, replaced, withdrawn or expired: nobody has to call about it any more."""
    by = event.actor.id if event.actor.kind == "member" else None
    await errands.finish(session, event.row.id, {step.msgid for step in STEPS}, event.now, by)


def _of(notice_id: UUID) -> Select[Task]:
    return select(Task).where(
        Task.firm_id == tenancy.current_firm_id(), Task.subject_id == notice_id, Task.workflow == ""
    )
