"""A member's notifications, and by which way each kind reaches them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from saas.firms import queries
from saas.firms.notifications import KINDS, wants_mail
from saas.identity.account import me
from saas.kernel import clock
from saas.kernel.errors import Missing
from saas.kernel.pages import Db, Req, actor_of, address_in, page, show_datetime, to
from saas.kernel.web import SIGNED_IN

PATH = "/f/{slug:str}/notifications"
SHOWN = 100


@get(PATH, opt={"permission": "firms.read"})
async def inbox(request: Req, session: Db) -> Response[str]:
    rows = await queries.notifications(session, actor_of(request), SHOWN)
    at = address_in(request)
    lines = [
        {
            "text": row.text,
            "kind": KINDS[row.kind].label,
            "when": show_datetime(row.created_at),
            "url": at(f"/notifications/{row.id}"),
            "unread": row.read_at is None,
        }
        for row in rows
    ]
    unread = [line for line in lines if line["unread"]]
    return await page(
        request, "firms/notifications.html", session=session, lines=lines, unread=len(unread), shown=SHOWN
    )


@post(f"{PATH}/read", opt={"permission": "firms.read"})
async def read_all(request: Req, session: Db) -> Response[Any]:
    await queries.mark_read(session, actor_of(request), clock.now())
    return to("/notifications", request)


@get(f"{PATH}/{{notification_id:uuid}}", opt={"permission": "firms.read"})
async def open_one(request: Req, session: Db, notification_id: FromPath[UUID]) -> Response[Any]:
    """On to what it is about. That it was seen is a mark for its reader alone, so a GET may set it."""
    row = await queries.notification(session, actor_of(request), notification_id)
    row.read_at = row.read_at or clock.now()
    return to(row.url, request)


@get("/account/notifications", opt={"permission": SIGNED_IN})
async def preferences(request: Req, session: Db, done: FromQuery[str] = "") -> Response[str]:
    person = await me(request, session)
    rows = [(name, kind.label, wants_mail(person, name)) for name, kind in KINDS.items()]
    return await page(request, "firms/preferences.html", rows=rows, done=bool(done))


@post("/account/notifications", opt={"permission": SIGNED_IN})
async def save_preferences(request: Req, session: Db) -> Response[Any]:
    """The boxes that are ticked; everything is always shown in the product."""
    person, sent = await me(request, session), await request.form()
    ticked = set(sent.getall("mail", []))
    if ticked - set(KINDS):
        raise Missing()
    person.preferences = {**person.preferences, "mail": {kind: kind in ticked for kind in KINDS}}
    return to("/account/notifications?done=saved")


ROUTES = [inbox, read_all, open_one, preferences, save_preferences]
