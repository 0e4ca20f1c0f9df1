"""The firm's public page: what clients said with their consent, and service given free, if the firm wishes."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath

from saas.kernel import clock, tenancy
from saas.kernel.db import Database
from saas.kernel.directory import firm_by_slug
from saas.kernel.errors import Missing
from saas.kernel.pages import Req, page
from saas.kernel.web import PUBLIC
from saas.notices.frame import face_of
from saas.services.giving import giving
from saas.services.sources import reviews


@get("/p/{firm_slug:str}/about", opt={"permission": PUBLIC})
async def about(request: Req, firm_slug: FromPath[str]) -> Response[str]:
    """Nothing of a client stands here but what they agreed to. Missing for a firm nobody knows."""
    database: Database = request.app.state.database
    async with database.transaction(tenancy.PLATFORM) as session:
        firm = await firm_by_slug(session, firm_slug)
    if firm is None:
        raise Missing()
    async with database.transaction(tenancy.firm(firm.id)) as session:
        face = await face_of(session, firm)
        found = [{"text": one.text, "shown_as": one.shown_as, "said_on": one.said_on}
                 for one in await reviews.public(session)]  # fmt: skip
        year = clock.today().year
        total = await giving.year_total(session, year) if await giving.shown(session) else None
    return await page(request, "services/about.html", firm=face, reviews=found, total=total, year=year,
                      root=f"/p/{firm_slug}")  # fmt: skip


ROUTES = [about]
