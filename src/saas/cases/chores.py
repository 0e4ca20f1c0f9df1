"""The errands of a case, and what ends them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.i18n import _
from saas.kernel.module import Event
from saas.tasks import errands

TAKE_OVER = _("The client does not answer: take over the talk")
RETURNED = "The questions did not reach %(address)s"
EXPIRED = _("The letter expired without an answer: call and record it, or get the answer on paper")
OF_QUESTIONS = (TAKE_OVER.msgid, RETURNED)
OF_LETTERS = (EXPIRED.msgid,)


async def talk_goes_on(session: AsyncSession, event: Event) -> None:
    """The client answered, by link or otherwise on record."""
    await _end(session, event, OF_QUESTIONS)


async def called(session: AsyncSession, case_id: UUID, by: UUID | None, now: datetime) -> None:
    """Somebody reached the client by telephone: the talk was taken over."""
    await errands.finish(session, case_id, (TAKE_OVER.msgid,), now, by)


async def letter_is_settled(session: AsyncSession, event: Event) -> None:
    """Answered, gone on without, or back to analysis."""
    await _end(session, event, OF_LETTERS)


async def _end(session: AsyncSession, event: Event, steps: tuple[str, ...]) -> None:
    by = event.actor.id if event.actor.kind == "member" else None
    await errands.finish(session, event.row.id, steps, event.now, by)
