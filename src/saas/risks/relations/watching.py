"""The daily look at every client, the task for whoever looks after it, and the panel on its page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.clock import CHINA
from saas.kernel.i18n import Text, _, listed
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm
from saas.risks.relations import queries
from saas.risks.relations.signs import AT_RISK, Sign, points, signs, warnings
from saas.tasks.models import Task

AGAIN = timedelta(days=30)  # after a call nobody is asked to call the same client for a month
DAYS = 2  # working days


async def look(session: AsyncSession, now: datetime | None = None) -> list[Task]:
    """The daily job: a task for each client with AT_RISK points, at most one in a month. A second run adds none."""
    at = now or clock.now()
    clients = await queries.active_clients(session)
    about = await queries.about(session, [client.id for client in clients], at)
    called = await _called(session, at)
    today, calendar = at.astimezone(CHINA).date(), await calendar_of(session)
    due = calendar.add_minutes(at, DAYS * calendar.minutes_per_day)[0]
    made = []
    for client in clients:
        found = signs(about[client.id], today)
        if points(found) >= AT_RISK and client.id not in called:
            made.append(_task(client, found, at, due))
    session.add_all(made)
    await session.flush()
    return made


async def run(session: AsyncSession) -> None:
    """The job itself."""
    await look(session)


async def _called(session: AsyncSession, now: datetime) -> set[Any]:
    """Clients whose task was made within the month, done or not."""
    query = select(Task.client_id).where(
        of_this_firm(Task), Task.subject_kind == "churn", Task.created_at > now - AGAIN, Task.client_id.is_not(None)
    )
    return set((await session.scalars(query)).all())


def _task(client: Client, found: list[Sign], now: datetime, due: datetime) -> Task:
    return Task(
        subject_kind="churn", subject_id=client.id, client_id=client.id, title=Text("%(what)s", what=client.name),
        step=_("Call the client before it leaves: %(signs)s", signs=listed(sign.words for sign in found)),
        url=f"/clients/{client.id}#signs",
        role="" if client.bookkeeper_id else "manager", assignee_id=client.bookkeeper_id, severity="high",
        created_at=now, due_at=due,
    )  # fmt: skip


async def client_panel(session: AsyncSession, client: Any, actor: Actor) -> dict[str, Any]:
    """On a client's page: signs that it may leave, and what to settle before a contract."""
    now = clock.now()
    today = now.astimezone(CHINA).date()
    about = (await queries.about(session, [client.id], now))[client.id]
    found = signs(about, today)
    return {
        "template": "risks/_signs.html",
        "signs": found,
        "points": points(found),
        "at_risk": points(found) >= AT_RISK,
        "limit": AT_RISK,
        "warnings": warnings(about, today),
        "shown": actor.may("risks.read") and client.archived_at is None,
    }
