"""A finding of the nightly proof becomes a task of the owner and a word to everybody who answers for the trail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.notifications import notify
from saas.firms.queries import owner, with_roles
from saas.kernel import tenancy
from saas.kernel.i18n import _
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm
from saas.tasks.models import Task
from saas.tasks.routing import route

KIND = "security"
PAGE = "/settings/security"


async def sound(session: AsyncSession, breaches: int, faults: int, now: datetime) -> None:
    """So many findings are new. One open task at a time; the word goes out each time."""
    owns, calendar = await owner(session), await calendar_of(session)
    if not await open_tasks(session):
        task = Task(
            subject_kind=KIND,
            subject_id=tenancy.current_firm_id(),
            title=_("The audit trail shows what must not happen"),
            step=_("Look into it and write down what it was"),
            url=PAGE,
            role="owner",
            severity="high",
            created_at=now,
            due_at=calendar.add_minutes(now, calendar.minutes_per_day)[0],
        )
        await route(session, task, owns.id, now)
        session.add(task)
    told = {owns.id, *(m.id for m in await with_roles(session, ["manager", "auditor"]))}
    text = _(
        "The nightly proof found: duties not kept apart %(breaches)s, faults of the chain %(faults)s.",
        breaches=breaches,
        faults=faults,
    )
    await notify(session, told, "security", text, PAGE, now)


async def open_tasks(session: AsyncSession) -> Sequence[Task]:
    """What nobody has looked into yet."""
    query = select(Task).where(of_this_firm(Task), Task.subject_kind == KIND, Task.done_at.is_(None))
    return (await session.scalars(query)).all()
