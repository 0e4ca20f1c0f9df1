"""What is done while an incident runs: steps, calls, duties under the law, parts, notes. Each once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.queries import member
from saas.kernel.access import Actor
from saas.kernel.errors import Conflict, Forbidden, Invalid
from saas.kernel.i18n import Text, _
from saas.kernel.perform import locked
from saas.risks.incidents import queries
from saas.risks.incidents.forms import Called, CastPart, DutySettled, StepDone
from saas.risks.incidents.incident_models import Call, Entry, Incident, LegalDuty, Part, Step
from saas.risks.incidents.timeline import write
from saas.risks.incidents.workflow import INCIDENT, MANAGERS
from saas.risks.wording import said
from saas.tasks.models import Task

RESULTS: dict[str, Text] = {
    "reached": _("Reached"),
    "deputy": _("Deputy reached"),
    "nobody": _("Nobody reached"),
}
DUTY_RESULTS: dict[str, Text] = {"done": _("Done"), "not_due": _("Does not apply")}


async def finish_step(
    session: AsyncSession, incident_id: UUID, step_id: UUID, given: StepDone, actor: Actor, now: datetime
) -> Step:
    """Done, or skipped with a reason. A second time changes nothing."""
    incident = await _running(session, incident_id)
    step = await queries.piece(session, Step, incident.id, step_id)
    if step.done_at is not None:
        return step
    if given.skipped and not given.remark:
        raise Invalid(_("Say why this step does not apply."))
    step.done_at, step.done_by, step.skipped, step.remark = now, actor.id, given.skipped, given.remark
    task = await session.get(Task, (incident.firm_id, step.task_id)) if step.task_id else None
    if task is not None and task.done_at is None:
        task.finish(now, actor.id)
    words = _("Step skipped: %(what)s. %(why)s", what=said(step.what), why=given.remark) if given.skipped else (
        _("Step done: %(what)s. %(why)s", what=said(step.what), why=given.remark)
    )  # fmt: skip
    write(session, incident, actor, now, "step", words)
    await session.flush()
    return step


async def tick_call(
    session: AsyncSession, incident_id: UUID, call_id: UUID, given: Called, actor: Actor, now: datetime
) -> Call:
    """Called, with what came of it. Somebody not reached may be called again; the same result twice is one."""
    incident = await _running(session, incident_id)
    call = await queries.piece(session, Call, incident.id, call_id)
    if call.result in ("reached", "deputy") or (call.result, call.remark) == (given.result, given.remark):
        return call
    call.called_at, call.called_by, call.result, call.remark = now, actor.id, given.result, given.remark
    write(session, incident, actor, now, "call", _("Call to %(name)s: %(result)s. %(remark)s", name=call.callee,
          result=RESULTS[given.result], remark=given.remark))  # fmt: skip
    await session.flush()
    return call


async def settle_duty(
    session: AsyncSession, incident_id: UUID, duty_id: UUID, given: DutySettled, actor: Actor, now: datetime
) -> LegalDuty:
    """Met, or decided not to apply, with the reason; by the lead or a manager, once."""
    incident = await _running(session, incident_id)
    if actor.id != incident.lead_id and not actor.roles & MANAGERS:
        raise Forbidden(_("The incident lead or a manager says this."), action="incidents.settle_duty",
                        subject_id=incident.id)  # fmt: skip
    duty = await queries.piece(session, LegalDuty, incident.id, duty_id)
    if duty.settled_at is not None:
        return duty
    if not given.remark:
        raise Invalid(_("Say how it was met, or why it does not apply."))
    duty.settled_at, duty.settled_by, duty.result, duty.remark = now, actor.id, given.result, given.remark
    write(session, incident, actor, now, "duty", _("%(what)s: %(result)s. %(remark)s", what=said(duty.what),
          result=DUTY_RESULTS[given.result], remark=given.remark))  # fmt: skip
    await session.flush()
    return duty


async def recast(
    session: AsyncSession, incident_id: UUID, part_id: UUID, given: CastPart, actor: Actor, now: datetime
) -> Part:
    """Somebody else plays a part; their open steps go with it."""
    incident = await _running(session, incident_id)
    part = await queries.piece(session, Part, incident.id, part_id)
    if part.role == "lead":
        raise Conflict(_("The lead is handed over by the button above."))
    if (part.member_id, part.deputy_id) == (given.member_id, given.deputy_id):
        return part
    player = await member(session, given.member_id)
    part.member_id, part.deputy_id = player.id, given.deputy_id
    for step in await queries.steps(session, incident.id):
        if step.role == part.role and step.done_at is None and step.task_id is not None:
            task = await session.get(Task, (incident.firm_id, step.task_id))
            if task is not None:
                task.assignee_id, task.role = player.id, ""
    write(session, incident, actor, now, "note",
          _("%(part)s: %(name)s", part=said(part.name), name=player.name))  # fmt: skip
    await session.flush()
    return part


async def note(
    session: AsyncSession, incident_id: UUID, text: str, files: Sequence[dict[str, Any]], actor: Actor, now: datetime
) -> Entry:
    """Something somebody wants on record, with files. The same words twice within a minute are one line."""
    incident = await _running(session, incident_id)
    said_before = [e for e in await queries.entries(session, incident.id) if e.kind == "note" and e.by == actor.id]
    if said_before and said_before[-1].text == Text("%(what)s", what=text) and said_before[-1].files == list(files):
        return said_before[-1]
    entry = write(session, incident, actor, now, "note", Text("%(what)s", what=text), files)
    await session.flush()
    return entry


async def _running(session: AsyncSession, incident_id: UUID) -> Incident:
    incident: Incident = await locked(session, INCIDENT, incident_id)
    if INCIDENT.state(incident.state).final:
        raise Conflict(_("This incident is closed: nothing is added any more."))
    return incident
