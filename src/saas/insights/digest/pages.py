"""The digest on a page: the last week's, or how things stand now where none was made yet."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from saas.insights.dashboards.boards import tabs
from saas.insights.digest.digest_models import WeekDigest
from saas.insights.digest.gathering import crossings, gathered, oldest_of, tiles
from saas.insights.digest.telling import ROOM, of_week, reader_row
from saas.insights.reports.making import ROOM as REPORTS
from saas.insights.rooms import ROOMS
from saas.kernel import clock
from saas.kernel.errors import Missing
from saas.kernel.pages import Db, Req, actor_of, address_in, page, show_datetime, to
from saas.tasks.errands import open_of

READ = {"permission": "insights.read"}


@get(f"/f/{{slug:str}}{ROOM}", opt=READ)
async def newest(request: Req, session: Db) -> Response[str]:
    return await _page(request, session, await of_week(session))


@get(f"/f/{{slug:str}}{ROOM}/{{week:str}}", opt=READ)
async def of(request: Req, session: Db, week: FromPath[str]) -> Response[str]:
    digest = await of_week(session, week)
    if digest is None:
        raise Missing()
    return await _page(request, session, digest)


@post(f"/f/{{slug:str}}{ROOM}/{{week:str}}/read", opt=READ, status_code=200)
async def have_read(request: Req, session: Db, week: FromPath[str]) -> Response[Any]:
    """Takes it out of one's work; pressed twice, the first time counts."""
    digest, actor, now = await of_week(session, week), actor_of(request), clock.now()
    row = await reader_row(session, digest.id, actor.id) if digest is not None and actor.id is not None else None
    if row is None:
        raise Missing()
    if row.read_at is None:
        row.read_at = now
        for task in await open_of(session, row.id):
            task.finish(now, actor.id)
    return to(f"{ROOM}/{week}", request)


async def _page(request: Req, session: AsyncSession, digest: WeekDigest | None) -> Response[str]:
    now, actor, at = clock.now(), actor_of(request), address_in(request)
    content = digest.content if digest is not None else await gathered(session, now)
    mine = await reader_row(session, digest.id, actor.id) if digest is not None and actor.id is not None else None
    return await page(
        request,
        "insights/digest.html",
        session=session,
        tabs=tabs(request, REPORTS, rooms=ROOMS),
        week=digest.week if digest is not None else "",
        made=show_datetime(digest.made_at if digest is not None else now),
        tiles=tiles(content, at),
        crossings=await crossings(session, content),
        late=content["late"],
        oldest=oldest_of(content),
        unread=mine is not None and mine.read_at is None,
    )


ROUTES = [newest, of, have_read]
