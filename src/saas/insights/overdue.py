"""What is late in the firm: the same list for the week's digest and, where the firm allows it, for an owner's link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client
from saas.identity.models import Membership
from saas.kernel.calendar import Calendar
from saas.kernel.i18n import Both, Text
from saas.kernel.tenancy import of_this_firm
from saas.tasks.models import Task


@dataclass(frozen=True, slots=True)
class Late:
    """One thing past its time; `days` are working days."""

    task: Task
    client: Text | None
    person: str
    days: int


async def late(session: AsyncSession, calendar: Calendar, now: datetime, limit: int) -> tuple[int, list[Late]]:
    """How much is past its time and not paused, and the oldest of it."""
    past = (of_this_firm(Task), Task.done_at.is_(None), Task.paused_since.is_(None), Task.due_at < now)
    total = await session.scalar(select(func.count()).select_from(Task).where(*past)) or 0
    query = (
        select(Task, Client.name, Client.name_en, Membership.name)
        .outerjoin(Client, (Client.id == Task.client_id) & of_this_firm(Client))
        .outerjoin(Membership, (Membership.id == Task.assignee_id) & of_this_firm(Membership))
        .where(*past)
        .order_by(Task.due_at, Task.id)
        .limit(limit)
    )
    found = (await session.execute(query)).all()
    return total, [
        Late(task, Both(name, name_en) if name else None, person or "", _days(calendar, task, now))
        for task, name, name_en, person in found
    ]


def _days(calendar: Calendar, task: Task, now: datetime) -> int:
    assert task.due_at is not None
    zone = calendar.zone
    return calendar.working_days(task.due_at.astimezone(zone).date(), now.astimezone(zone).date())
