"""The daily look at every client: a task for whoever looks after one with signs of leaving, ended when they go."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client
from saas.firms.choices import Choice, choice, offer_choices
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.clock import CHINA
from saas.kernel.i18n import Text, _, listed
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm
from saas.risks.relations import queries
from saas.risks.relations.signs import AT_RISK, Sign, points, signs, warnings
from saas.tasks.models import Task
from saas.tasks.routing import route

AGAIN = timedelta(days=30)  # after a call nobody is asked to call the same client for a month
DAYS = 2  # working days
KIND = "churn"  # of the tasks
LIMIT = "churn_points"

offer_choices(
    Choice(
        LIMIT,
        _("Points from which a client is called before it leaves"),
        _("A low survey answer, a refund, an unanswered message or a quarter of the price unpaid count 2 points each; "
          "an objection, a silent letter, a late case or a contract near its end 1."),
        "count",
        AT_RISK,
        least=2,
        most=12,
    )
)  # fmt: skip


async def look(session: AsyncSession, now: datetime | None = None) -> list[Task]:
    """The daily job: a task for each client with enough points, at most one in a month. A second run adds none."""
    at = now or clock.now()
    clients = await queries.active_clients(session)
    about = await queries.about(session, [client.id for client in clients], at)
    limit = int(await choice(session, LIMIT))
    today, calendar = at.astimezone(CHINA).date(), await calendar_of(session)
    found = {client.id: signs(about[client.id], today) for client in clients}
    leaving = [client for client in clients if points(found[client.id]) >= limit]
    await _end_others(session, {client.id for client in leaving}, at)
    called = await _called(session, at)
    due = calendar.add_minutes(at, DAYS * calendar.minutes_per_day)[0]
    made = [_task(client, found[client.id], at, due) for client in leaving if client.id not in called]
    for task in made:
        await route(session, task, task.assignee_id, at)
    session.add_all(made)
    await session.flush()
    return made


async def run(session: AsyncSession) -> None:
    """The job itself."""
    await look(session)


async def _called(session: AsyncSession, now: datetime) -> set[Any]:
    """Clients with an open task, or whom somebody called within the month."""
    query = select(Task.client_id).where(
        of_this_firm(Task), Task.subject_kind == KIND, Task.client_id.is_not(None),
        or_(Task.done_at.is_(None), Task.done_by.is_not(None) & (Task.created_at > now - AGAIN)),
    )  # fmt: skip
    return set((await session.scalars(query)).all())


async def _end_others(session: AsyncSession, leaving: Collection[UUID], now: datetime) -> None:
    """Where the signs went, or the client did, nobody has to call."""
    query = select(Task).where(of_this_firm(Task), Task.subject_kind == KIND, Task.done_at.is_(None))
    for task in (await session.scalars(query)).all():
        if task.client_id not in leaving:
            task.finish(now, None)
    await session.flush()


async def open_tasks(session: AsyncSession, client_id: UUID) -> Sequence[Task]:
    """To call this client; locked."""
    query = select(Task).where(
        of_this_firm(Task), Task.subject_kind == KIND, Task.client_id == client_id, Task.done_at.is_(None)
    )
    return (await session.scalars(query.with_for_update())).all()


def _task(client: Client, found: list[Sign], now: datetime, due: datetime) -> Task:
    return Task(
        subject_kind=KIND, subject_id=client.id, client_id=client.id, title=Text("%(what)s", what=client.name),
        step=_("Call the client before it leaves: %(signs)s", signs=listed(sign.words for sign in found)),
        url=f"/clients/{client.id}/signs", role="" if client.bookkeeper_id else "manager",
        assignee_id=client.bookkeeper_id, severity="high", created_at=now, due_at=due,
    )  # fmt: skip


async def standing(session: AsyncSession, client: Client, now: datetime) -> dict[str, Any]:
    """What is known about a client's wish to stay: its signs, and what to settle before a contract."""
    today = now.astimezone(CHINA).date()
    about = (await queries.about(session, [client.id], now))[client.id]
    found, limit = signs(about, today), int(await choice(session, LIMIT))
    return {
        "signs": found,
        "points": points(found),
        "at_risk": points(found) >= limit,
        "limit": limit,
        "warnings": warnings(about, today),
    }


async def client_panel(session: AsyncSession, client: Any, actor: Actor) -> dict[str, Any]:
    """On a client's page; with an open task the way to write down what came of it."""
    waiting = await open_tasks(session, client.id)
    return {
        "template": "risks/_signs.html",
        **await standing(session, client, clock.now()),
        "url": f"/clients/{client.id}/signs" if waiting else "",
        "shown": actor.may("risks.read") and client.archived_at is None,
    }
