"""The scenarios to play with their rubric, and the score of one talk."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from saas.kernel import clock
from saas.kernel.forms import submitted
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.training.frame import rooms
from saas.training.sessions import pages, role_plays, session_queries
from saas.training.wording import said


@get("/f/{slug:str}/training/role-plays", opt={"permission": "training.read"})
async def scenarios(request: Req, session: Db) -> Response[str]:
    """To prepare with: what is played, and by what it is scored."""
    content = role_plays.content()
    return await page(
        request,
        "training/sessions/role_plays.html",
        session=session,
        rooms=rooms(request, "role-plays"),
        rubric=[[said(c.name), said(c.none), said(c.half), said(c.full)] for c in content.criterion],
        scenarios=[{"title": said(s.title), "player": said(s.player), "client": said(s.client)}
                   for s in content.scenario],
    )  # fmt: skip


@post(f"{pages.ONE}/role-plays", opt={"permission": "training.hold"}, status_code=200)
async def score(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    held, form = await session_queries.locked(session, row_id), await submitted(request, role_plays.Score)
    if form.ok:
        await role_plays.score(session, held, form, actor_of(request), clock.now())
    if not form.ok:
        return await pages.show(request, session, row_id, form=form, status=422)
    return to(f"/training/sessions/{row_id}#role-plays", request)


ROUTES = [scenarios, score]
