"""What a run's page shows of its steps, its facts and what this person may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.checklists import queries
from saas.checklists.models import ChecklistRun, ChecklistStep, ChecklistVersion
from saas.checklists.plan import EVIDENCE
from saas.checklists.procedures import procedure_queries
from saas.checklists.rules import STAND_IN
from saas.checklists.workflow import OPEN
from saas.clients.models import Client
from saas.identity.models import Membership
from saas.kernel.access import ROLES, Actor
from saas.kernel.i18n import Text, _
from saas.kernel.pages import show_datetime

Members = Mapping[UUID, Membership]


def steps_view(
    run: ChecklistRun, steps: Sequence[ChecklistStep], members: Members, actor: Actor, now: datetime
) -> list[dict[str, Any]]:
    """For checklists/_step.html."""
    return [_step(run, step, members, actor, now) for step in steps]


def _step(run: ChecklistRun, step: ChecklistStep, members: Members, actor: Actor, now: datetime) -> dict[str, Any]:
    due = step.due_at or run.due_at
    return {
        "step": step,
        "asks": EVIDENCE[step.evidence],
        "role": ROLES[step.role],
        "who": _who(members, step.done_by),
        "confirmed": _who(members, step.confirmed_by),
        "due": show_datetime(step.due_at),
        "late": not step.outcome and run.state in OPEN and due is not None and due < now,
        "incomplete": step.outcome == "done" and not step.has_evidence,
        "tickable": run.state in OPEN and not step.outcome and may_do(step, actor),
        "untickable": run.state in OPEN and bool(step.outcome) and may_do(step, actor),
        "confirmable": run.state in OPEN and _confirmable(step, actor),
        "waits": step.two_person and step.outcome == "done" and step.confirmed_by is None,
        "state": _state(step),
    }


def may_do(step: ChecklistStep, actor: Actor) -> bool:
    """For the buttons; the rule of the workflow decides."""
    able = actor.roles | ({"bookkeeper"} if "reviewer" in actor.roles else set())
    return actor.may("checklists.work") and (step.role in able or bool(actor.roles & STAND_IN))


def _confirmable(step: ChecklistStep, actor: Actor) -> bool:
    waiting = step.two_person and step.outcome == "done" and step.confirmed_by is None
    return waiting and step.done_by != actor.id and actor.may("checklists.work")


def _state(step: ChecklistStep) -> dict[str, Any]:
    """Icon, colour and word of a step."""
    if step.outcome == "not_applicable":
        return {"label": _("does not apply"), "tone": "", "icon": "minus"}
    if step.outcome == "done":
        if step.two_person and step.confirmed_by is None:
            return {"label": _("waits for the second person"), "tone": "violet", "icon": "player-pause"}
        return {"label": _("done"), "tone": "green", "icon": "check"}
    return {"label": _("open"), "tone": "accent", "icon": "edit"}


async def facts_of(
    session: AsyncSession, run: ChecklistRun, version: ChecklistVersion, members: Members
) -> dict[str, Any]:
    """The rail: what this run is, and the procedure that says how."""
    plan = queries.plan_of(version)
    newest = (await queries.versions(session, run.checklist_id))[0]
    how = await procedure_queries.in_force_by_key(session, plan.procedure) if plan.procedure else None
    rows: list[tuple[Text, Any]] = [
        (_("Period"), run.period),
        (_("Due"), show_datetime(run.due_at)),
        (_("Given to"), _who(members, run.preparer_id) or _("anyone with the role: %(role)s", role=ROLES[run.lead])),
        (_("Made"), _("%(when)s by %(who)s", when=show_datetime(run.made_at),
                      who=_who(members, run.made_by) or _("its schedule"))),
        (_("Finished"), f"{_who(members, run.prepared_by)} {show_datetime(run.prepared_at)}".strip()),
        (_("Signed off"), f"{_who(members, run.signed_by)} {show_datetime(run.signed_at)}".strip()),
        (_("Version of the checklist"), version.version),
        (_("Legal basis"), plan.source),
    ]  # fmt: skip
    return {
        "rows": [{"label": label, "value": value} for label, value in rows if value],
        "newer": newest.version if newest.version > version.version else 0,
        "version": version.version,
        "how": how,
        "purpose": plan.purpose.said,
    }


def powers_of(run: ChecklistRun, client: Client, actor: Actor) -> dict[str, bool]:
    return {"never_again": actor.may("checklists.manage"), "client_left": client.archived_at is not None}


def members_for(members: Members) -> list[tuple[str, str]]:
    """Colleagues to hand it to."""
    here = [m for m in members.values() if m.left_at is None]
    return [(str(m.id), m.name) for m in sorted(here, key=lambda m: m.name)]


def _who(members: Members, member_id: UUID | None) -> str:
    return members[member_id].name if member_id is not None and member_id in members else ""
