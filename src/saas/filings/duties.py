"""Who is told of what comes due: one task per client and due day, reminders by the ladder, the manager when late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.clients.models import Client
from saas.filings.models import DueDay
from saas.filings.models import RegisteredFiling as Filing
from saas.filings.standing import is_open
from saas.firms.notifications import notify
from saas.firms.queries import with_roles
from saas.identity.queries import members
from saas.kernel import clock
from saas.kernel.calendar import Calendar
from saas.kernel.filing import LADDER, LEAD
from saas.kernel.i18n import Text, _
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm
from saas.tasks.models import Task
from saas.tasks.routing import route

SUBJECT = "filing"
STEP = _("Hand in the returns and record their acceptance")
Waiting = list[tuple[DueDay, Client]]


async def chase(session: AsyncSession) -> None:
    """From the first rung of the ladder on: tasks, reminders by bookkeeper, and managers once a task is overdue."""
    now, today, calendar = clock.now(), clock.today(), await calendar_of(session)
    waiting = await _waiting(session, calendar.add_working_days(today, LADDER[0]))
    tasks = await _tasks(session, [day.id for day, _client in waiting])
    for day, client in waiting:
        await _follow(session, day, client, tasks, calendar, now)
    await _finish(session, {day.id for day, _client in waiting}, now)
    here = {member.id for member in await members(session)}
    managers = [member.id for member in await with_roles(session, ["manager"])]
    await _remind(session, waiting, calendar, today, now, here, managers)
    await _escalate(session, waiting, tasks, now, managers)


async def settle(session: AsyncSession, pairs: Iterable[tuple[UUID, date]], now: datetime, by: UUID | None) -> None:
    """After filings were recorded: tasks of due days on which nothing is open any more are done."""
    for client_id, due_on in sorted(set(pairs), key=str):
        open_ones = select(Filing.id).where(
            of_this_firm(Filing), Filing.client_id == client_id, Filing.due_on == due_on, is_open()
        )
        day = select(DueDay.id).where(
            of_this_firm(DueDay), DueDay.client_id == client_id, DueDay.due_on == due_on, ~open_ones.exists()
        )
        for task in (await session.scalars(_open_tasks().where(Task.subject_id.in_(day)))).all():
            task.finish(now, by)


async def _waiting(session: AsyncSession, until: date) -> Waiting:
    """Clients and due days, up to a day, with something open; each with its row."""
    query = select(Filing.client_id, Filing.due_on).where(of_this_firm(Filing), is_open(), Filing.due_on <= until)
    pairs = {(client_id, day) for client_id, day in await session.execute(query.distinct())}
    named = await clients.clients_by_id(session, [client_id for client_id, _day in pairs])
    known = select(DueDay).where(of_this_firm(DueDay), DueDay.client_id.in_(named))
    rows = {(row.client_id, row.due_on): row for row in await session.scalars(known)}
    for client_id, day in sorted(pairs - set(rows), key=str):
        rows[client_id, day] = DueDay(client_id=client_id, due_on=day)
        session.add(rows[client_id, day])
    await session.flush()
    return [(rows[pair], named[pair[0]]) for pair in sorted(pairs, key=lambda pair: (pair[1], str(pair[0])))]


async def _tasks(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Task]:
    found = await session.scalars(_open_tasks().where(Task.subject_id.in_(ids)))
    return {task.subject_id: task for task in found if task.subject_id is not None}


async def _follow(
    session: AsyncSession, day: DueDay, client: Client, tasks: dict[UUID, Task], calendar: Calendar, now: datetime
) -> None:
    """One open task, with the client's bookkeeper, due two working days ahead of the filing day (domain.md W1)."""
    due_at = calendar.close_of(calendar.add_working_days(day.due_on, -LEAD))
    task = tasks.get(day.id)
    if task is None:
        task = tasks[day.id] = Task(
            subject_kind=SUBJECT,
            subject_id=day.id,
            client_id=client.id,
            title=_("Returns due %(day)s: %(client)s", day=day.due_on.isoformat(), client=client.name),
            step=STEP,
            url=f"/clients/{client.id}/filings",
            created_at=now,
            due_at=due_at,
        )
        session.add(task)
    elif client.bookkeeper_id in (task.assignee_id, task.covered_id):
        return
    task.role = "" if client.bookkeeper_id else "bookkeeper"
    await route(session, task, client.bookkeeper_id, now)
    await session.flush()


async def _finish(session: AsyncSession, waiting: set[UUID], now: datetime) -> None:
    """Tasks whose returns are all accepted, waived, taken back or moved to another day."""
    for task in (await session.scalars(_open_tasks())).all():
        if task.subject_id not in waiting:
            task.finish(now, None)


async def _remind(
    session: AsyncSession, waiting: Waiting, calendar: Calendar, today: date, now: datetime,
    here: set[UUID], managers: Sequence[UUID],
) -> None:  # fmt: skip
    """One message a bookkeeper, due day and rung, however many clients it is about."""
    grouped: dict[tuple[UUID | None, date, int], int] = defaultdict(int)
    for day, client in waiting:
        rung = _rung(calendar, day.due_on, today)
        if rung is not None and (day.reminded is None or day.reminded > rung):
            day.reminded = rung
            keeper = client.bookkeeper_id if client.bookkeeper_id in here else None
            grouped[keeper, day.due_on, rung] += 1
    for (keeper, due_on, rung), count in sorted(grouped.items(), key=str):
        said = _("%(n)s clients have returns to be handed in within %(days)s working days, by %(day)s",
                 n=count, days=rung, day=due_on.isoformat())  # fmt: skip
        url = _url(due_on) + (f"&member={keeper}" if keeper else "")
        await notify(session, [keeper] if keeper else managers, "filing", said, url, now)


def _rung(calendar: Calendar, due_on: date, today: date) -> int | None:
    """The rung of the ladder that today stands on: 10, 5, 3 or 1 working days ahead; None before and after it."""
    if today > due_on:
        return None
    return next((n for n in sorted(LADDER) if today >= calendar.add_working_days(due_on, -n)), None)


async def _escalate(
    session: AsyncSession, waiting: Waiting, tasks: dict[UUID, Task], now: datetime, managers: Sequence[UUID]
) -> None:
    """Managers hear once of each client and due day whose task is overdue."""
    grouped: dict[date, int] = defaultdict(int)
    for day, _client in waiting:
        if day.escalated_at is None and tasks[day.id].is_overdue(now):
            day.escalated_at = tasks[day.id].escalated_at = now
            grouped[day.due_on] += 1
    for due_on, count in sorted(grouped.items()):
        said: Text = _("Returns of %(n)s clients due %(day)s are not accepted yet", n=count, day=due_on.isoformat())
        await notify(session, managers, "escalation", said, _url(due_on), now)


def _url(due_on: date) -> str:
    return f"/filings?month={due_on:%Y-%m}&show=open"


def _open_tasks() -> Select[Task]:
    return select(Task).where(of_this_firm(Task), Task.subject_kind == SUBJECT, Task.done_at.is_(None))
