"""What was reached, as the page of limits shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.queries import members_by_id
from saas.kernel.access import Actor
from saas.kernel.tenancy import of_this_firm
from saas.risks.watch import limits
from saas.risks.watch.naming import called
from saas.risks.watch.settling import may_settle
from saas.risks.watch.watch_models import Firing, Trigger
from saas.risks.wording import said
from saas.tasks.models import Task


async def firings(session: AsyncSession, limit: int = 50) -> Sequence[tuple[Firing, Trigger]]:
    """What was reached, the newest first."""
    query = (
        select(Firing, Trigger)
        .join(Trigger, (Trigger.firm_id == Firing.firm_id) & (Trigger.id == Firing.trigger_id))
        .where(of_this_firm(Firing))
        .order_by(Firing.at.desc(), Firing.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in (await session.execute(query)).all()]


async def shown(session: AsyncSession, actor: Actor, named: Mapping[str, str]) -> list[dict[str, Any]]:
    """What was reached, the newest first, for templates/risks/limits.html."""
    found = await firings(session)
    ids = [firing.task_id for firing, _trigger in found if firing.task_id and firing.settled_at is None]
    query = select(Task).where(of_this_firm(Task), Task.id.in_(ids))
    tasks = {task.id: task for task in (await session.scalars(query)).all()} if ids else {}
    people = await members_by_id(session)
    return [
        {
            "firing": firing,
            "name": said(trigger.name),
            "words": " · ".join(part for part in (_about(firing, named), firing.note) if part),
            "count": limits.shown(trigger.kind, firing.count),
            "who": people[firing.settled_by].name if firing.settled_by in people else "",
            "may_settle": firing.settled_at is None
            and may_settle(actor, tasks.get(firing.task_id) if firing.task_id else None),
            "dialog": f"settle-{firing.id}",
        }
        for firing, trigger in found
    ]


def _about(firing: Firing, named: Mapping[str, str]) -> str:
    return called(firing.about, named) if ":" in firing.about else ""
