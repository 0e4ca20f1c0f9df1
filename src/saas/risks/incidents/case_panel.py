"""On a case's page: the incident it belongs to, and the button that declares one."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.models import Case
from saas.kernel.access import Actor
from saas.risks.incidents import queries
from saas.risks.incidents.workflow import INCIDENT


async def of_case(session: AsyncSession, case: Case, actor: Actor) -> dict[str, Any]:
    found = await queries.of_case(session, case.id)
    return {
        "template": "incidents/_case.html",
        "case": case,
        "rows": [{"incident": one, "state": INCIDENT.state(one.state)} for one in found],
        "playbook": "data_loss" if case.cause_class == "system" else "mass_error",
        "shown": actor.may("risks.read"),
        "may_declare": actor.may("incidents.declare"),
    }
