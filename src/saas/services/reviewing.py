"""What has to be looked at once a year: a task to the owner when the day is there, and the next day once it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.queries import members
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.i18n import Both, Text, _
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm
from saas.services.library.library_models import Snippet
from saas.services.support.support_models import SupportPolicy
from saas.tasks.models import Task

DAYS = 10  # working days to look at it
LOOK = _("Look at it again: does it still hold, law and wording?")
MOST = 20  # tasks a day, so that a new firm's first year does not end in one morning


def in_a_year(day: date) -> date:
    """The same day of the next year; 29 February becomes the 28th."""
    return day.replace(year=day.year + 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


async def remind(session: AsyncSession) -> None:
    """The daily job: a task for everything whose day has come, once while it is open."""
    now, today = clock.now(), clock.today()
    here = {m.id for m in await members(session)}
    calendar = await calendar_of(session)
    due = calendar.add_minutes(now, DAYS * calendar.minutes_per_day)[0]
    for one in (await _due_now(session, today))[:MOST]:
        owner = getattr(one, "owner_id", None)
        mine = owner if owner in here else None
        words = one.about if isinstance(one, Snippet) else one.name
        session.add(Task(subject_kind="review", subject_id=one.id, title=Both(words.get("zh", ""), words.get("en", "")),
                         step=LOOK, url=url(one), assignee_id=mine, role="" if mine else "manager", created_at=now,
                         due_at=due))  # fmt: skip
    await session.flush()


async def _due_now(session: AsyncSession, today: date) -> Sequence[Any]:
    """Snippets and policies whose day has come and that are in nobody's work yet."""
    waiting = select(Task.subject_id).where(of_this_firm(Task), Task.subject_kind == "review", Task.done_at.is_(None))
    found: list[Any] = []
    for kind in (Snippet, SupportPolicy):
        query = select(kind).where(of_this_firm(kind), kind.archived_at.is_(None), kind.review_on <= today,
                                   kind.id.not_in(waiting)).order_by(kind.review_on)  # fmt: skip
        found += (await session.scalars(query.limit(MOST))).all()
    return found


def url(one: Snippet | SupportPolicy) -> str:
    return f"/services/library/{one.id}" if isinstance(one, Snippet) else f"/services/support/{one.id}"


async def reviewed(
    session: AsyncSession, one: Snippet | SupportPolicy, words: str, actor: Actor, now: datetime, today: date
) -> None:
    """Looked at today; the next time in a year. Its task is done."""
    if one.reviewed_by == actor.id and one.review_on >= in_a_year(today):
        return
    one.review_on, one.reviewed_by = in_a_year(today), actor.id
    record(session, actor, "services.review", now, subject=one, reason=words)
    await finish(session, one.id, actor.id, now)


async def finish(session: AsyncSession, subject_id: UUID, by: UUID | None, now: datetime) -> None:
    query = select(Task).where(of_this_firm(Task), Task.subject_id == subject_id, Task.subject_kind == "review",
                               Task.done_at.is_(None))  # fmt: skip
    for task in (await session.scalars(query)).all():
        task.finish(now, by)
    await session.flush()


def late(one: Snippet | SupportPolicy, today: date) -> Text | None:
    """A word of warning where the day has passed."""
    return _("To be looked at again since %(day)s", day=one.review_on.isoformat()) if one.review_on <= today else None
