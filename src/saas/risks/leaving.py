"""A member leaves: risks, measures, playbooks and running incidents that name them go to whoever takes over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.i18n import Text, _
from saas.kernel.module import Event, Holding
from saas.kernel.perform import perform
from saas.kernel.tenancy import of_this_firm
from saas.risks.incidents.forms import HandOver
from saas.risks.incidents.incident_models import Incident, Part
from saas.risks.incidents.queries import RUNNING
from saas.risks.incidents.workflow import INCIDENT
from saas.risks.models import Measure, Risk
from saas.risks.playbooks.playbook_models import Playbook
from saas.risks.watch.watch_models import Trigger


def _held(member_id: UUID) -> list[tuple[Text, Any, Any, ColumnElement[bool]]]:
    """(words, table, column that names the member, what of it is still open)."""
    return [
        (_("Risks owned"), Risk, Risk.owner_id, (Risk.owner_id == member_id) & (Risk.state != "closed")),
        (_("Open measures"), Measure, Measure.owner_id,
         (Measure.owner_id == member_id) & Measure.done_at.is_(None)),
        (_("Playbooks kept"), Playbook, Playbook.owner_id, Playbook.owner_id == member_id),
    ]  # fmt: skip


async def holdings(session: AsyncSession, member_id: UUID) -> Sequence[Holding]:
    found = []
    for label, table, _column, still_open in _held(member_id):
        query = select(func.count()).select_from(table).where(of_this_firm(table), still_open)
        found.append(Holding(label, await session.scalar(query) or 0))
    found.append(Holding(_("Incidents led"), len(await _led(session, member_id))))
    return [holding for holding in found if holding.count]


async def follow_leaving(session: AsyncSession, event: Event) -> None:
    """What is open changes hands; what is over keeps its names. A task follows by itself (tasks)."""
    member_id, to_id = UUID(event.detail["member_id"]), UUID(event.detail["to_id"])
    for _label, table, column, still_open in _held(member_id):
        await session.execute(update(table).where(of_this_firm(table), still_open).values({column.key: to_id}))
    limits = update(Trigger).where(of_this_firm(Trigger), Trigger.assignee_id == member_id)
    await session.execute(limits.values(assignee_id=to_id))
    running = await _running(session)
    for column in (Part.member_id, Part.deputy_id):
        moved = update(Part).where(of_this_firm(Part), Part.incident_id.in_(running), column == member_id)
        await session.execute(moved.values({column.key: to_id}))
    for incident_id in await _led(session, member_id):
        await perform(session, INCIDENT, incident_id, "take_over", event.actor, HandOver(to_id), now=event.now)


async def _led(session: AsyncSession, member_id: UUID) -> Sequence[UUID]:
    query = select(Incident.id).where(
        of_this_firm(Incident), Incident.lead_id == member_id, Incident.state.in_(RUNNING)
    )
    return (await session.scalars(query)).all()


async def _running(session: AsyncSession) -> Sequence[UUID]:
    return (await session.scalars(select(Incident.id).where(of_this_firm(Incident), Incident.state.in_(RUNNING)))).all()
