"""The firm's own pages: for now the settings overview."""

from __future__ import annotations

from litestar import Response, get

from saas.firms.queries import profile
from saas.identity.queries import members
from saas.kernel.pages import Db, Req, page


@get("/f/{slug:str}/settings", opt={"permission": "firms.read"})
async def settings(request: Req, session: Db) -> Response[str]:
    return await page(
        request, "firms/settings.html", session=session, profile=await profile(session), members=await members(session)
    )


ROUTES = [settings]
