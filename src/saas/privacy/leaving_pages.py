"""Settings, “Privacy”, “Export and leaving”: everything out in open formats, and the end. Only the owner."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Stream
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from saas.api.rooms import be_fresh
from saas.firms import queries as firms
from saas.firms.tabs import settings_tabs
from saas.kernel import clock, tenancy
from saas.kernel.audit import record
from saas.kernel.config import active
from saas.kernel.errors import Conflict
from saas.kernel.files import store_of
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.identifiers import uuid7
from saas.kernel.links import Gone
from saas.kernel.outbox import enqueue
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.kernel.sending import streamed
from saas.privacy import departing, queries
from saas.privacy.models import FirmExport
from saas.privacy.rooms import rooms
from saas.privacy.terms import term

PATH = "/f/{slug:str}/settings/privacy/leaving"
OPTIONS = {"permission": "privacy.leave", "while_suspended": True}
DONE: dict[str, Text] = {
    "asked": _("The export is being made. You are told when it is ready."),
    "stayed": _("The firm stays. Nothing was erased."),
}


class Leave(Struct):
    name: Annotated[str, Meta(max_length=200)]


@get(PATH, opt=OPTIONS)
async def leaving_page(request: Req, session: Db, done: FromQuery[str] = "") -> Response[str]:
    return await _show(request, session, done=DONE.get(done))


@post(f"{PATH}/exports", opt=OPTIONS)
async def ask_export(request: Req, session: Db) -> Response[Any]:
    """One at a time: asked again while one is being made, nothing happens."""
    now, actor = clock.now(), actor_of(request)
    be_fresh(request, now)
    await firms.owner(session, lock=True)
    if all(export.made_at is not None for export in await queries.exports(session)):
        export = FirmExport(id=uuid7(), asked_by=actor.id, asked_by_name=actor.name, asked_at=now)
        session.add(export)
        enqueue(session, "privacy.export", export_id=export.id)
        record(session, actor, "privacy.export", now, subject=export)
    return to("/settings/privacy/leaving?done=asked", request)


@get(f"{PATH}/exports/{{export_id:uuid}}/firm.zip", opt=OPTIONS)
async def fetch(request: Req, session: Db, export_id: FromPath[UUID]) -> Stream:
    """The ZIP; each fetching is written down."""
    export, now = await queries.export(session, export_id), clock.now()
    be_fresh(request, now)
    if export.made_at is None or export.deleted_at is not None:
        raise Gone(_("This export is not there any more. Make a new one."))
    stored = await store_of(active()).stream(tenancy.current_firm_id(), export.sha256)
    record(session, actor_of(request), "privacy.fetch", now, subject=export, sha256=export.sha256)
    return streamed(stored.pieces, f"qingzhang-{export.made_at:%Y%m%d}.zip", "application/zip", stored.size)


@post(PATH, opt={"permission": "privacy.leave"}, status_code=200)
async def leave(request: Req, session: Db) -> Response[str]:
    """The owner types the firm's name. The answer shows the key of the archive, once."""
    form, now = await submitted(request, Leave), clock.now()
    be_fresh(request, now)
    firm = await firms.firm(session)
    if form.ok and not departing.firm_name_matches(form.taken.name, firm.name):
        form.refuse("name", _("This is not the firm’s name: it is %(name)s.", name=firm.name))
    if not form.ok:
        return await _show(request, session, form=form, status=422)
    try:
        _departure, key = await departing.ask(session, actor_of(request), now)
    except Conflict as refusal:
        form.refuse("name", refusal.reason)
        return await _show(request, session, form=form, status=409)
    await session.flush()
    return await _show(request, session, key=key)


@post(f"{PATH}/stay", opt={"permission": "privacy.leave"})
async def stay(request: Req, session: Db) -> Response[Any]:
    await departing.call_off(session, actor_of(request), clock.now())
    return to("/settings/privacy/leaving?done=stayed", request)


async def _show(
    request: Req,
    session: AsyncSession,
    *,
    form: Submitted[Any] | None = None,
    key: str = "",
    done: Text | None = None,
    status: int = 200,
) -> Response[str]:
    departure, today = await departing.departure_of(session), clock.today()
    law = term("archives", today)
    return await page(
        request,
        "privacy/leaving.html",
        session=session,
        tabs=settings_tabs(request),
        rooms=rooms(request, "leaving"),
        exports=await queries.exports(session),
        departure=departure if departure is not None and departure.cancelled_at is None else None,
        firm_name=(await firms.firm(session)).name,
        sealed_until=law.last_day_for(today),
        rule=law.text,
        key=key,
        form=form or Submitted(),
        done=done,
        status=status,
    )


ROUTES = [leaving_page, ask_export, fetch, leave, stay]
