"""A check that is under way: the region that asks how far it is, and what an import's page shows when it is done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from redis.exceptions import RedisError
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checks import queries
from saas.checks.catalogue import BY_ID
from saas.checks.queries import Wanted
from saas.clients import queries as clients
from saas.kernel import jobs
from saas.kernel.access import Actor
from saas.kernel.pages import Db, Req, page
from saas.ledgers.models import Import

SHOWN = 8  # findings on an import's page; the list has all


@get("/f/{slug:str}/clients/{client_id:uuid}/check/progress", opt={"permission": "checks.read"})
async def progress(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[str]:
    """What a waiting page asks for; once the check is done the browser is told to load its page again."""
    client = await clients.client(session, client_id)
    job_id = await queries.promised(session, client.id)
    answer = await page(
        request,
        "checks/_checking.html",
        client=client,
        running=job_id is not None,
        report=await _report(request, client.firm_id, job_id),
    )
    if job_id is None:
        answer.headers["hx-refresh"] = "true"
    return answer


async def import_panel(session: AsyncSession, imported: Import, actor: Actor) -> dict[str, Any]:
    """On the page of a stored import: how far the check is, then what waits to be looked at."""
    client = await clients.client(session, imported.client_id)
    wanted = Wanted(client_id=client.id)
    stored = imported.state == "stored" and actor.may("checks.read")
    running = stored and await queries.promised(session, client.id) is not None
    return {
        "template": "checks/_of_import.html",
        "shown": stored,
        "running": running,
        "client": client,
        "run": await queries.last_run(session, client.id) if stored else None,
        "findings": await queries.findings(session, wanted, limit=SHOWN) if stored and not running else [],
        "total": await queries.count(session, wanted) if stored and not running else 0,
        "rules": BY_ID,
    }


async def _report(request: Req, firm_id: UUID, job_id: UUID | None) -> jobs.Progress | None:
    """As the worker last said; nothing when Redis is away, since the work goes on without it."""
    try:
        return await jobs.progress(request.app.state.redis, firm_id, job_id) if job_id else None
    except RedisError:
        return None


ROUTES = [progress]
