"""Who does what in each state of a workflow: the responsible from its table, the others as the firm laid down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import Membership
from saas.identity.queries import members_by_id
from saas.kernel.access import ROLES, Actor
from saas.kernel.i18n import Text, _, listed
from saas.kernel.module import composition
from saas.kernel.pages import working_time
from saas.kernel.workflow import State, Workflow
from saas.teams.cover.away import away_words
from saas.teams.raci.duty_queries import Duties, duties, words
from saas.teams.raci.raci_models import Duty

NOBODY = _("not laid down")


def workflows() -> list[Workflow]:
    """Those in which people act, in the order of the product; internal ones have no turn of anybody."""
    return [w for w in composition().workflows.values() if any(s.responsible in {*ROLES, "assignee"} for s in w.states)]


def responsible(state: State) -> Text | str:
    """From the workflow's own table, never from a copy."""
    return _("Nobody: it is over") if state.final else state.turn


def rows(workflow: Workflow, laid_down: Duties, names: Mapping[UUID, Membership]) -> list[dict[str, Any]]:
    """For teams/duties/index.html."""
    return [
        {
            "stage": state.name,
            "label": state.label,
            "responsible": responsible(state),
            "within": _within(state),
            **_others(laid_down.get((workflow.name, state.name)), names),
        }
        for state in workflow.states
    ]


def _within(state: State) -> Text | str:
    """How long this step may take. Where it depends on the record, its own page shows the hour."""
    if state.final or state.within is None:
        return ""
    return _("set by the record") if callable(state.within) else working_time(state.within)


def _others(duty: Duty | None, names: Mapping[UUID, Membership]) -> dict[str, str]:
    if duty is None:
        return {"accountable": "", "consulted": "", "informed": ""}
    return {name: listed(words(getattr(duty, name), names)) for name in ("accountable", "consulted", "informed")}


async def of_record(session: AsyncSession, row: Any, actor: Actor) -> dict[str, Any]:
    """Beside a record: who does what here, now, with names and who is away."""
    workflow = next((w for w in composition().workflows.values() if w.row is type(row)), None)
    if workflow is None or not actor.may("teams.read"):
        return {"template": "teams/_duties.html", "items": [], "url": ""}
    names, state = await members_by_id(session), workflow.state(row.state)
    others = _others((await duties(session)).get((workflow.name, row.state)), names)
    owner = names.get(workflow.assignee(row)) if workflow.assignee and workflow.assignee(row) else None
    away = await away_words(session)
    doing: Text | str = responsible(state)
    if owner is not None and state.responsible == "assignee":
        note = away.get(owner.id)
        doing = _("%(name)s (%(note)s)", name=owner.name, note=note) if note else owner.name
    labels = (
        (_("Does it"), doing),
        (_("Answers for it"), others["accountable"]),
        (_("Is asked first"), others["consulted"]),
        (_("Is told"), others["informed"]),
    )
    return {
        "template": "teams/_duties.html",
        "items": [{"label": label, "value": value or NOBODY} for label, value in labels],
        "url": f"/teams/duties?workflow={workflow.name}",
    }
