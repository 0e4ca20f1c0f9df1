"""Settings, “Interfaces”, webhooks: addresses with their events, what was sent there, and sending it again."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from saas.api import queries
from saas.api.models import WebhookDelivery, WebhookEndpoint
from saas.api.rooms import be_fresh, rooms
from saas.api.webhooks import addresses, sending, signing
from saas.api.webhooks.events import EVENTS, PING, promise
from saas.firms.tabs import settings_tabs
from saas.kernel import clock
from saas.kernel.audit import record
from saas.kernel.config import active
from saas.kernel.errors import Invalid, Missing
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _, listed
from saas.kernel.identifiers import uuid7
from saas.kernel.pages import Db, Req, actor_of, page, to

PATH = "/f/{slug:str}/settings/api/webhooks"
ONE = f"{PATH}/{{endpoint_id:uuid}}"
STATUSES: dict[str, tuple[Text, str, str]] = {  # words, colour and icon
    "waiting": (_("Waiting"), "amber", "clock"),
    "delivered": (_("Delivered"), "green", "check"),
    "failed": (_("Given up"), "red", "alarm"),
    "kept": (_("Not sent: no live firm"), "", "player-pause"),
}
DONE: dict[str, Text] = {
    "saved": _("Saved."),
    "removed": _("The webhook is removed."),
    "on": _("The webhook goes on; what it missed is sent now."),
    "off": _("The webhook is stopped. What happens meanwhile is kept for 30 days."),
    "again": _("It is being sent again."),
    "ping": _("A test message is on its way."),
}


class NewEndpoint(Struct):
    url: Annotated[str, Meta(max_length=addresses.LONGEST)]
    events: list[str]


class Events(Struct):
    events: list[str]


@get(PATH, opt={"permission": "api.read"})
async def index(request: Req, session: Db, done: FromQuery[str] = "") -> Response[str]:
    return await _list(request, session, done=done)


@post(PATH, opt={"permission": "api.manage"}, status_code=200)
async def make(request: Req, session: Db) -> Response[str]:
    """The answer shows the secret, once; an address that is there already is refused, so nothing happens twice."""
    form, now, actor = await submitted(request, NewEndpoint), clock.now(), actor_of(request)
    be_fresh(request, now)
    if form.ok:
        await _check(session, form)
    if not form.ok or actor.id is None:
        return await _list(request, session, form=form, status=422)
    row = WebhookEndpoint(id=uuid7(), url=form.taken.url, events=form.taken.events, made_by=actor.id, made_at=now)
    secret = await _new_secret(session, row)
    record(session, actor, "api.make_webhook", now, subject=row, url=row.url, events=" ".join(row.events))
    return await _one(request, session, row, secret=secret)


@get(ONE, opt={"permission": "api.read"})
async def detail(request: Req, session: Db, endpoint_id: FromPath[UUID], done: FromQuery[str] = "") -> Response[str]:
    return await _one(request, session, await queries.endpoint(session, endpoint_id), done=done)


@post(f"{ONE}/events", opt={"permission": "api.manage"})
async def choose(request: Req, session: Db, endpoint_id: FromPath[UUID]) -> Response[Any]:
    row, form = await queries.endpoint(session, endpoint_id, lock=True), await submitted(request, Events)
    if not form.ok or not _known(form.taken.events):
        form.refuse("events", _("Choose at least one event."))
        return await _one(request, session, row, form=form, status=422)
    if row.events != form.taken.events:
        row.events = form.taken.events
        record(session, actor_of(request), "api.change_webhook", clock.now(), subject=row, url=row.url,
               events=" ".join(row.events))  # fmt: skip
    return to(f"/settings/api/webhooks/{row.id}?done=saved", request)


@post(f"{ONE}/secret", opt={"permission": "api.manage"}, status_code=200)
async def renew(request: Req, session: Db, endpoint_id: FromPath[UUID]) -> Response[str]:
    """A new secret at once; the old one signs nothing any more."""
    now = clock.now()
    be_fresh(request, now)
    row = await queries.endpoint(session, endpoint_id, lock=True)
    secret = await _new_secret(session, row)
    record(session, actor_of(request), "api.renew_secret", now, subject=row, url=row.url)
    return await _one(request, session, row, secret=secret)


@post(f"{ONE}/{{deed:str}}", opt={"permission": "api.manage"})
async def do(request: Req, session: Db, endpoint_id: FromPath[UUID], deed: FromPath[str]) -> Response[Any]:
    """stop, go-on, ping or remove. Repeating one changes nothing more, but a ping is sent each time."""
    row, now, actor = await queries.endpoint(session, endpoint_id, lock=True), clock.now(), actor_of(request)
    if deed == "stop":
        if row.stopped_at is None:
            row.stop("person", now)
            record(session, actor, "api.stop_webhook", now, subject=row, url=row.url)
        return to(f"/settings/api/webhooks/{row.id}?done=off", request)
    if deed == "go-on":
        if row.stopped_at is not None:
            row.go_on()
            record(session, actor, "api.start_webhook", now, subject=row, url=row.url)
            await sending.finish_tasks(session, row.id, actor.id, now)
            await sending.send_again(session, row, await queries.undelivered(session, row.id))
        return to(f"/settings/api/webhooks/{row.id}?done=on", request)
    if deed == "ping":
        promise(session, row, PING, {"object": "webhook", "id": str(row.id)}, now.isoformat())
        return to(f"/settings/api/webhooks/{row.id}?done=ping", request)
    if deed == "remove":
        row.removed_at = now
        record(session, actor, "api.remove_webhook", now, subject=row, url=row.url)
        await sending.finish_tasks(session, row.id, actor.id, now)
        return to("/settings/api/webhooks?done=removed", request)
    raise Missing()


@post(f"{ONE}/deliveries/{{delivery_id:uuid}}/again", opt={"permission": "api.manage"})
async def again(request: Req, session: Db, endpoint_id: FromPath[UUID], delivery_id: FromPath[UUID]) -> Response[Any]:
    """The same message with the same id: a receiver that had it knows it again."""
    row = await queries.endpoint(session, endpoint_id)
    told = await queries.delivery(session, delivery_id)
    if told.endpoint_id != row.id:
        raise Missing()
    if told.status != "waiting":
        await sending.send_again(session, row, [told])
        record(session, actor_of(request), "api.send_again", clock.now(), subject=row, url=row.url, event=told.event)
    return to(f"/settings/api/webhooks/{row.id}?done=again", request)


async def _check(session: AsyncSession, form: Submitted[NewEndpoint]) -> None:
    """What the address alone gives away, and at once also whether its name leads into an inner network."""
    settings, wanted = active(), form.taken
    production = settings.env == "production"
    try:
        addresses.checked(wanted.url, production=production)
        await addresses.destination(wanted.url, production=production, networks=settings.webhook_networks)
    except Invalid as refusal:
        form.refuse("url", refusal.reason)
    except addresses.NotAllowed:
        form.refuse("url", sending.ERRORS["not_allowed"])
    if any(row.url == wanted.url for row in await queries.endpoints(session)):
        form.refuse("url", _("This address is told already."))
    if not _known(wanted.events):
        form.refuse("events", _("Choose at least one event."))


def _known(events: list[str]) -> bool:
    return bool(events) and all(event in EVENTS for event in events)


async def _new_secret(session: AsyncSession, row: WebhookEndpoint) -> str:
    secret = signing.new_secret()
    session.add(row)
    row.secret_sealed = ""
    await session.flush()  # the secret is bound to the row's place
    row.secret_sealed = signing.cipher().encrypt(secret, row.place)
    await session.flush()
    return secret


async def _list(
    request: Req, session: AsyncSession, *, form: Submitted[Any] | None = None, done: str = "", status: int = 200
) -> Response[str]:
    counted = await queries.counts(session)
    rows = [
        {
            "endpoint": row,
            "events": listed(EVENTS[event] for event in row.events if event in EVENTS),
            "waiting": counted.get((row.id, "waiting"), 0),
            "failed": counted.get((row.id, "failed"), 0),
            "delivered": counted.get((row.id, "delivered"), 0),
        }
        for row in await queries.endpoints(session)
    ]
    return await page(
        request,
        "api/webhooks.html",
        session=session,
        tabs=settings_tabs(request),
        rooms=rooms(request, "webhooks"),
        rows=rows,
        events=list(EVENTS.items()),
        may_manage=actor_of(request).may("api.manage"),
        form=form or Submitted(),
        done=DONE.get(done),
        status=status,
    )


async def _one(
    request: Req,
    session: AsyncSession,
    row: WebhookEndpoint,
    *,
    form: Submitted[Any] | None = None,
    secret: str = "",
    done: str = "",
    status: int = 200,
) -> Response[str]:
    return await page(
        request,
        "api/webhook.html",
        session=session,
        tabs=settings_tabs(request),
        rooms=rooms(request, "webhooks"),
        endpoint=row,
        deliveries=[_shown(one) for one in await queries.deliveries(session, row.id)],
        events=list(EVENTS.items()),
        may_manage=actor_of(request).may("api.manage"),
        secret=secret,
        form=form or Submitted(),
        done=DONE.get(done),
        status=status,
    )


def _shown(row: WebhookDelivery) -> dict[str, Any]:
    label, tone, icon = STATUSES[row.status]
    return {
        "row": row,
        "event": EVENTS.get(row.event, _("Test message")),
        "label": label,
        "tone": tone,
        "icon": icon,
        "error": sending.ERRORS.get(row.error),
        "may_repeat": row.status != "waiting",
    }


ROUTES = [index, make, detail, choose, renew, do, again]
