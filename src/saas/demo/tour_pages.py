"""Asking for a copy of the demo firm, waiting for it, being led into it; and ending it or going home from inside."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from redis.exceptions import RedisError
from sqlalchemy.ext.asyncio import AsyncSession

from saas.demo import tours
from saas.firms import queries as firms
from saas.identity.account import me
from saas.kernel import clock, jobs, tenancy
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.directory import Firm
from saas.kernel.errors import Missing
from saas.kernel.outbox import Outbox, enqueue
from saas.kernel.pages import Db, Req, actor_of, page, to

ASK = "/f/{slug:str}/look-around"
ASKED = "demo.look_around"
MAY = "firms.settings"


@get(ASK, opt={"permission": MAY})
async def waiting_room(request: Req, session: Db) -> Response[Any]:
    """On into the copy once it is there; until then how far it is, or the button."""
    await _require_demo(session)
    person = await me(request, session)
    tour = await tours.tour_of(session, person.id)
    if tour is not None and tour.closed_at is None:
        return to(f"/f/{tour.slug}/work")
    return await _show(request, session, await tours.promised(session, person.id))


@post(ASK, opt={"permission": MAY})
async def ask(request: Req, session: Db) -> Response[Any]:
    """Promise the copy, unless the person has one or waits for one: then it is opened."""
    await _require_demo(session)
    person = await me(request, session, lock=True)
    tour, job = await tours.tour_of(session, person.id), await tours.promised(session, person.id)
    if (tour is None or tour.closed_at is not None) and not _is_open(job):
        if await tours.is_full(session):
            return await _show(request, session, job, status=409)
        now = clock.now()
        enqueue(session, tours.COPY, person_id=person.id)
        record(session, actor_of(request), ASKED, now, subject=await firms.profile(session))
    return to("/look-around", request)


@get(f"{ASK}/progress", opt={"permission": MAY})
async def progress(request: Req, session: Db) -> Response[str]:
    """The region a waiting page asks for; when the worker is done it tells the browser to load the page again."""
    person = await me(request, session)
    job = await tours.promised(session, person.id)
    answer = await page(request, "demo/_tour_progress.html", waiting=True, report=await _report(request, job))
    if not _is_open(job):
        answer.headers["hx-refresh"] = "true"
    return answer


@post(f"{ASK}/end", opt={"permission": MAY})
async def end(request: Req, session: Db) -> Response[Any]:
    """From inside the copy."""
    tour = await _tour_or_missing(session)
    await tours.end(session, tour.id)
    return await _home(request, session)


@get(f"{ASK}/home", opt={"permission": MAY})
async def home(request: Req, session: Db) -> Response[Any]:
    """From inside the copy to the person's own firm; to the list of firms where there are several."""
    await _tour_or_missing(session)
    return await _home(request, session)


async def on_start(session: AsyncSession, subject: None, actor: Actor) -> dict[str, Any]:
    """Beside the first steps."""
    shown = actor.may(MAY) and await tours.demo_firm(session) is not None
    return {"template": "demo/_tour_panel.html", "shown": shown}


async def on_my_work(session: AsyncSession, subject: None, actor: Actor) -> dict[str, Any]:
    """Beside My work, while the firm has no client."""
    shown = actor.may(MAY) and await tours.demo_firm(session, only_without_data=True) is not None
    return {"template": "demo/_tour_panel.html", "shown": shown}


async def _require_demo(session: AsyncSession) -> None:
    if await tours.demo_firm(session) is None:
        raise Missing()


async def _tour_or_missing(session: AsyncSession) -> Firm:
    tour = await firms.firm(session)
    if tour.tour_until is None:
        raise Missing()
    return tour


async def _home(request: Req, session: AsyncSession) -> Response[Any]:
    person = await me(request, session)
    own = await tours.own_firms(session, person.id)
    return to(f"/f/{own[0].slug}/start" if len(own) == 1 else "/firms")


async def _show(request: Req, session: AsyncSession, job: Outbox | None, status: int = 200) -> Response[Any]:
    return await page(
        request,
        "demo/looking_around.html",
        session=session,
        status=status,
        waiting=_is_open(job),
        report=None,
        failed=job is not None and job.dead,
        full=await tours.is_full(session),
        most=tours.MOST,
    )


def _is_open(job: Outbox | None) -> bool:
    return job is not None and job.finished_at is None and not job.dead


async def _report(request: Req, job: Outbox | None) -> jobs.Progress | None:
    try:
        return await jobs.progress(request.app.state.redis, tenancy.current_firm_id(), job.id) if job else None
    except (RedisError, OSError):
        return None


ROUTES = [waiting_room, ask, progress, end, home]
