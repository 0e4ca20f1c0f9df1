"""The timeline of an incident: lines by people and by the product, only ever added."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.access import Actor
from saas.kernel.i18n import Text, _
from saas.kernel.module import Event
from saas.risks.incidents import queries
from saas.risks.incidents.incident_models import Entry, Incident
from saas.risks.incidents.workflow import INCIDENT
from saas.tasks.models import Task


def write(
    session: AsyncSession,
    incident: Incident,
    actor: Actor,
    now: datetime,
    kind: str,
    text: Text,
    files: Sequence[dict[str, Any]] = (),
) -> Entry:
    """One line. `kind` is note, step, call, duty, state or notice."""
    by_person = actor.kind == "member"
    entry = Entry(
        incident_id=incident.id, at=now, by=actor.id if by_person else None, by_name=actor.name if by_person else "",
        kind=kind, text=text, files=list(files),
    )  # fmt: skip
    session.add(entry)
    return entry


async def follow(session: AsyncSession, event: Event) -> None:
    """Every step of the incident itself stands in its timeline; what is over asks nothing of anybody."""
    incident: Incident = event.row
    state = INCIDENT.state(incident.state)
    reason = event.detail.get("reason", "")
    text = _("%(state)s: %(reason)s", state=state.label, reason=reason) if reason else _("Another lead was named")
    write(session, incident, event.actor, event.now, "state", text)
    if state.final:
        await _end_tasks(session, incident, event)
    await session.flush()


async def _end_tasks(session: AsyncSession, incident: Incident, event: Event) -> None:
    for step in await queries.steps(session, incident.id):
        task = await session.get(Task, (incident.firm_id, step.task_id)) if step.task_id else None
        if task is not None and task.done_at is None:
            task.finish(event.now, event.actor.id)
