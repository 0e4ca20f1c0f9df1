"""Which version of a procedure counts for a refund or a case: the one in force when it began (requirement R10.2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checklists.procedures import procedure_queries as queries
from saas.checklists.procedures.procedure_models import ProcedurePin, ProcedureVersion
from saas.kernel.access import Actor
from saas.kernel.identifiers import uuid7
from saas.kernel.module import Event
from saas.kernel.tenancy import current_firm_id


async def pin_refund(session: AsyncSession, event: Event) -> None:
    await _pin(session, "refund", event)


async def pin_case(session: AsyncSession, event: Event) -> None:
    await _pin(session, "case", event)


async def _pin(session: AsyncSession, kind: str, event: Event) -> None:
    """All that concern this kind of record, in the version of this moment; a record that has them keeps them."""
    concerned = [v for v in await queries.in_force(session) if concerns(v, kind)]
    if not concerned:
        return
    rows = [
        {"firm_id": current_firm_id(), "id": uuid7(), "subject_kind": kind, "subject_id": event.row.id,
         "version_id": version.id, "pinned_at": event.now}
        for version in concerned
    ]  # fmt: skip
    await session.execute(insert(ProcedurePin).values(rows).on_conflict_do_nothing())


def concerns(version: ProcedureVersion, kind: str, state: str = "") -> bool:
    """Whether it helps with this kind of record, or with this state of it where one is named."""
    if state:
        return f"{kind}.{state}" in version.steps
    return any(step == kind or step.startswith(f"{kind}.") for step in version.steps)


async def of_record(session: AsyncSession, record: Any, actor: Actor, kind: str) -> dict[str, Any]:
    """ "How to do this" beside a refund or a case: first what helps with the step it stands at."""
    pinned = await queries.pinned(session, record.id)
    newest = {v.procedure_id: v for v in await queries.in_force(session)} if pinned else {}
    here = [v for v in pinned if concerns(v, kind, record.state)]
    rest = [v for v in pinned if v not in here]
    return {
        "template": "checklists/procedures/_how_to.html",
        "here": list(_rows(here, newest)),
        "rest": list(_rows(rest, newest)),
        "show": actor.may("procedures.read"),
        "pinned": True,
    }


def _rows(versions: Iterable[ProcedureVersion], newest: dict[Any, ProcedureVersion]) -> Iterable[dict[str, Any]]:
    for version in versions:
        newer = newest.get(version.procedure_id)
        yield {
            "version": version,
            "url": f"/checklists/procedures/{version.procedure_id}?version={version.version}",
            "newer": newer.version if newer is not None and newer.version > version.version else 0,
        }


async def of_case(session: AsyncSession, case: Any, actor: Actor) -> dict[str, Any]:
    return await of_record(session, case, actor, "case")


async def of_refund(session: AsyncSession, refund: Any, actor: Actor) -> dict[str, Any]:
    return await of_record(session, refund, actor, "refund")


async def of_finding(session: AsyncSession, finding: Any, actor: Actor) -> dict[str, Any]:
    """Beside a finding: procedures linked to its rule first, then those about findings in general."""
    in_force = await queries.in_force(session)
    here = [v for v in in_force if finding.rule in v.rules]
    rest = [v for v in in_force if concerns(v, "finding") and v not in here]
    return {
        "template": "checklists/procedures/_how_to.html",
        "here": list(_rows(here, {})),
        "rest": list(_rows(rest, {})),
        "show": actor.may("procedures.read"),
        "pinned": False,
    }
