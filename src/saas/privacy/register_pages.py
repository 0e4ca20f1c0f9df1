"""Settings, “Privacy”: the register of processing, for the firm's people and for whoever inspects it."""

from __future__ import annotations

from litestar import Response, get

from saas.firms.tabs import settings_tabs
from saas.kernel.db import Base
from saas.kernel.pages import Db, Req, page
from saas.privacy.register import facts_of, register
from saas.privacy.rooms import rooms

PATH = "/f/{slug:str}/settings/privacy"


@get(PATH, opt={"permission": "privacy.read"})
async def register_page(request: Req, session: Db) -> Response[str]:
    tables = Base.metadata.tables
    activities = [
        {"about": activity, "tables": [facts_of(tables[name]) for name in activity.tables]}
        for activity in register().activity
    ]
    return await page(
        request,
        "privacy/register.html",
        session=session,
        tabs=settings_tabs(request),
        rooms=rooms(request, "register"),
        activities=activities,
    )


ROUTES = [register_page]
