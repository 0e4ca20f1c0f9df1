"""Checklists on a client's page, and beside the refund or case they belong to."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from saas.checklists import queries, run_queries
from saas.checklists.models import OVER
from saas.checklists.rows import row
from saas.clients.models import Client
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.access import Actor

SHOWN = 8


async def of_client(session: AsyncSession, client: Client, actor: Actor) -> dict[str, Any]:
    """Open ones first, then what was closed last; and what this client does not get."""
    runs = await queries.of_client(session, client.id)
    ordered = sorted(runs, key=lambda run: run.state in OVER)[:SHOWN]
    far, now = await run_queries.progress(session, [r.id for r in ordered]), clock.now()
    members = await members_by_id(session)
    names = {c.checklist.id: c.plan.name.said for c in await queries.current(session)}
    spared = await queries.exemptions(session, client.id)
    return {
        "template": "checklists/_client.html",
        "client": client,
        "rows": [row(run, far.get(run.id, (0, 0)), members, now) for run in ordered],
        "spared": [{"id": e.checklist_id, "name": names.get(e.checklist_id, ""), "reason": e.reason} for e in spared],
        "may_start": actor.may("checklists.start") and client.merged_into_id is None,
        "may_manage": actor.may("checklists.manage"),
        "may_read": actor.may("checklists.read"),
    }


async def of_subject(session: AsyncSession, subject: Any, actor: Actor) -> dict[str, Any]:
    """The checklist that belongs to this refund or case."""
    runs = await queries.of_subject(session, subject.id)
    far, now = await run_queries.progress(session, [r.id for r in runs]), clock.now()
    members = await members_by_id(session)
    return {
        "template": "checklists/_subject.html",
        "rows": [row(run, far.get(run.id, (0, 0)), members, now) for run in runs],
        "may_read": actor.may("checklists.read"),
    }
