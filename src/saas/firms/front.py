"""The product's front page: straight to work for its people, and for strangers what this is."""

from __future__ import annotations

from typing import Any

from litestar import Response, get

from saas.firms.help import steps
from saas.identity.queries import firms_of
from saas.kernel.module import composition
from saas.kernel.pages import Db, Req, page, to
from saas.kernel.web import PUBLIC, visitor_of


@get("/", opt={"permission": PUBLIC})
async def front(request: Req, session: Db) -> Response[Any]:
    """The person's first firm. Who is not signed in sees the way of an anomaly, as its workflow has it."""
    visitor = visitor_of(request)
    if visitor.actor.kind == "nobody":
        way = [{**step, "state": "done"} for step in steps(composition().workflows["case"])]
        return await page(request, "firms/front.html", steps=way)
    firms = await firms_of(session, visitor.scope.person_id) if visitor.scope.person_id else []
    return to(f"/f/{firms[0][1].slug}/work") if firms else to("/firms")


ROUTES = [front]
