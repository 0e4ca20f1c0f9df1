"""Whoever is to be informed when a record enters a state is told, once."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.notifications import notify
from saas.identity.queries import members
from saas.kernel.i18n import _
from saas.kernel.module import Transition
from saas.teams.raci.duty_queries import duties, meant

BULK = frozenset({"finding", "import"})  # made by the hundred: nobody is told of each


async def inform(session: AsyncSession, step: Transition) -> None:
    """Of every transition; who did it, and whose turn it is now, know already."""
    if step.source == step.target or step.workflow.name in BULK:
        return
    duty = (await duties(session)).get((step.workflow.name, step.target))
    if duty is None or not duty.informed:
        return
    owner = step.workflow.assignee(step.row) if step.workflow.assignee else None
    told = [m.id for m in meant(duty.informed, await members(session)) if m.id not in (step.actor.id, owner)]
    said = _(
        "For your information: %(title)s: %(state)s",
        title=step.workflow.title(step.row),
        state=step.workflow.state(step.target).label,
    )
    await notify(session, told, "informed", said, step.workflow.url(step.row), step.now)
