"""The digest of the month-end runs: each client with what is new, cured and still there."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.params import FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checks import month_end
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.pages import Db, Req, actor_of, page, to

FRESH = timedelta(days=7)
SHOWN = 8


@post("/f/{slug:str}/findings/month-end", opt={"permission": "checks.work"}, status_code=303)
async def begin(request: Req, session: Db) -> Response[None]:
    """Check all books now as before a filing day: one's own clients', or the firm's for whoever sets its rules."""
    actor = actor_of(request)
    count = await month_end.begin(session, None if actor.may("checks.settings") else actor.id)
    if count:
        record(session, actor, "checks.begin_month_end", clock.now(), clients=count)
    return to("/findings/month-end", request)


@get("/f/{slug:str}/findings/month-end", opt={"permission": "checks.read"})
async def digest(request: Req, session: Db, day: FromQuery[date | None] = None) -> Response[str]:
    """Runs of one day; of the newest day with any where none is named."""
    chosen, rows = await month_end.of_day(session, day)
    return await page(
        request,
        "checks/month_end.html",
        session=session,
        day=chosen,
        days=await month_end.days(session),
        rows=rows,
        pending=len(await month_end.promised(session)),
        may_work=actor_of(request).may("checks.work"),
        members=await members_by_id(session),
    )


async def of_my_work(session: AsyncSession, subject: Actor, actor: Actor) -> dict[str, Any]:
    """In My work: the newest month-end runs of one's own clients, while they are fresh."""
    day, rows = await month_end.of_day(session, None, actor.id)
    fresh = day is not None and clock.today() - day <= FRESH
    waiting = [row for row in rows if row.worst] if fresh else []
    return {"template": "checks/_month_end.html", "day": day, "rows": waiting[:SHOWN]}


ROUTES = [digest, begin]
