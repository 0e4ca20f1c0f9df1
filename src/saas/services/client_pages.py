"""/services/clients/{id}: how one client is served: tier, origin, consents, what it may apply for, what it said."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.clients.models import Client, Contact
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.errors import Invalid, Missing, Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.services.client_view import view_of
from saas.services.consent import consents
from saas.services.consent.consents import ConsentForm, Revoked
from saas.services.offering import tiers
from saas.services.sources import partners, reviews
from saas.services.sources.partners import HandOnForm, OriginForm
from saas.services.sources.reviews import ReviewForm
from saas.services.support import conditions, policies
from saas.services.words import SOURCES, TIERS

ONE = "/f/{slug:str}/services/clients/{client_id:uuid}"
READ, WRITE, MANAGE = ({"permission": f"services.{name}"} for name in ("read", "write", "manage"))


class TierForm(Struct, kw_only=True):
    tier: Literal["gold", "standard", "basic"]
    since: date
    reason: Annotated[str, Meta(max_length=300)]


class FactForm(Struct, kw_only=True):
    name: Annotated[str, Meta(max_length=24)]
    value: Annotated[str, Meta(max_length=120)]
    as_of: date


@get(ONE, opt=READ)
async def detail(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[str]:
    return await show(request, session, client_id)


async def show(
    request: Req, session: AsyncSession, client_id: UUID, *, form: Submitted[Any] | None = None, opened: str = "",
    refusal: Refusal | None = None, status: int = 200,
) -> Response[Any]:  # fmt: skip
    """The page; `form` and `opened` bring back the dialog that was refused."""
    client = await clients.client(session, client_id)
    return await page(
        request, "services/client.html", session=session, status=status, refusal=refusal, opened=opened,
        form=form or Submitted(), blank=Submitted(), **await view_of(session, client, actor_of(request)),
    )  # fmt: skip


@post(ONE + "/tier", opt=MANAGE, status_code=200)
async def tier(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[Any]:
    client, form = await clients.client(session, client_id), await submitted(request, TierForm)
    if not form.ok:
        return await show(request, session, client_id, form=form, opened="tier", status=422)
    given = form.taken
    try:
        async with session.begin_nested():
            await tiers.set_tier(session, client, given.tier, given.since, given.reason, actor_of(request), clock.now())
    except Refusal as refusal:
        return await show(request, session, client_id, form=form, opened="tier", refusal=refusal, status=refusal.status)
    return _back(request, client)


@post(ONE + "/origin", opt=WRITE, status_code=200)
async def origin(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[Any]:
    client, form = await clients.client(session, client_id), await submitted(request, OriginForm)
    if not form.ok:
        return await show(request, session, client_id, form=form, opened="origin", status=422)
    try:
        async with session.begin_nested():
            await partners.set_origin(session, client, form.taken, actor_of(request), clock.now())
    except Refusal as refusal:
        return await show(request, session, client_id, form=form, opened="origin", refusal=refusal,
                          status=refusal.status)  # fmt: skip
    return _back(request, client)


@post(ONE + "/facts", opt=WRITE, status_code=200)
async def fact(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[Any]:
    client, form = await clients.client(session, client_id), await submitted(request, FactForm)
    if form.ok and form.taken.name not in conditions.FACTS:
        form.refuse("name", _("This cannot be taken: please choose or correct it."))
    if form.ok:
        try:
            value = conditions.read(form.taken.name, form.taken.value)
        except Invalid as refusal:
            form.refuse("value", refusal.reason)
    if not form.ok:
        return await show(request, session, client_id, form=form, opened="fact", status=422)
    given = form.taken
    await policies.set_fact(session, client, given.name, value, given.as_of, actor_of(request), clock.now())
    return _back(request, client)


@post(ONE + "/consents", opt=WRITE, status_code=200)
async def give_consent(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[Any]:
    client, form = await clients.client(session, client_id), await submitted(request, ConsentForm)
    if form.ok and form.taken.purpose == "share" and form.taken.partner_id is None:
        form.refuse("partner_id", _("Choose the partner who may have the name."))
    if form.ok and form.taken.given_at is not None and form.taken.given_at > clock.now():
        form.refuse("given_at", _("This day has not come yet."))
    if not form.ok:
        return await show(request, session, client_id, form=form, opened="consent", status=422)
    given = form.taken
    if given.partner_id is not None:
        await partners.partner(session, given.partner_id)
    contact = await _contact(session, client, given.contact_id)
    await consents.give(session, contact, given, actor_of(request), clock.now())
    return _back(request, client)


@post(ONE + "/consents/{consent_id:uuid}/revoke", opt=WRITE, status_code=200)
async def revoke(request: Req, session: Db, client_id: FromPath[UUID], consent_id: FromPath[UUID]) -> Response[Any]:
    client, form = await clients.client(session, client_id), await submitted(request, Revoked)
    one = await consents.consent(session, consent_id)
    if one.client_id != client.id:
        raise Missing()
    if not form.ok:
        raise Invalid(_("Say how it was taken back."))
    await consents.revoke(session, one, form.taken.way, actor_of(request), clock.now())
    return _back(request, client)


@post(ONE + "/hand-on", opt=WRITE, status_code=200)
async def hand_on(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[Any]:
    """Refused in words where the contact has not agreed, or no longer agrees."""
    client, form = await clients.client(session, client_id), await submitted(request, HandOnForm)
    if not form.ok:
        return await show(request, session, client_id, form=form, opened="hand-on", status=422)
    given = form.taken
    contact = await _contact(session, client, given.contact_id)
    partner = await partners.partner(session, given.partner_id)
    try:
        async with session.begin_nested():
            await partners.hand_on(session, client, contact, partner, given.what, actor_of(request), clock.now())
    except Refusal as refusal:
        return await show(request, session, client_id, form=form, opened="hand-on", refusal=refusal,
                          status=refusal.status)  # fmt: skip
    return _back(request, client)


@post(ONE + "/reviews", opt=WRITE, status_code=200)
async def keep_review(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[Any]:
    client, form = await clients.client(session, client_id), await submitted(request, ReviewForm)
    if form.ok and form.taken.said_on > clock.today():
        form.refuse("said_on", _("This day has not come yet."))
    if not form.ok:
        return await show(request, session, client_id, form=form, opened="review", status=422)
    contact = await _contact(session, client, form.taken.contact_id)
    await reviews.keep(session, contact, form.taken, actor_of(request), clock.now())
    return _back(request, client)


@post(ONE + "/reviews/{review_id:uuid}/publish", opt=MANAGE, status_code=200)
async def publish(request: Req, session: Db, client_id: FromPath[UUID], review_id: FromPath[UUID]) -> Response[Any]:
    return await _review(request, session, client_id, review_id, publish=True)


@post(ONE + "/reviews/{review_id:uuid}/withdraw", opt=MANAGE, status_code=200)
async def withdraw(request: Req, session: Db, client_id: FromPath[UUID], review_id: FromPath[UUID]) -> Response[Any]:
    return await _review(request, session, client_id, review_id, publish=False)


async def _review(
    request: Req, session: AsyncSession, client_id: UUID, review_id: UUID, *, publish: bool
) -> Response[Any]:
    client, one, now = await clients.client(session, client_id), await reviews.review(session, review_id), clock.now()
    if one.client_id != client.id:
        raise Missing()
    try:
        async with session.begin_nested():
            if publish:
                contact = await clients.contact(session, one.contact_id)
                await reviews.publish(session, one, contact, actor_of(request), now)
            else:
                await reviews.withdraw(session, one, actor_of(request), now)
    except Refusal as refusal:
        return await show(request, session, client_id, refusal=refusal, status=refusal.status)
    return _back(request, client)


async def _contact(session: AsyncSession, client: Client, contact_id: UUID) -> Contact:
    contact = await clients.contact(session, contact_id)
    if contact.client_id != client.id or contact.left_at is not None:
        raise Missing()
    return contact


def _back(request: Req, client: Client) -> Response[Any]:
    return to(f"/services/clients/{client.id}", request)


async def panel(session: AsyncSession, client: Client, actor: Actor) -> dict[str, Any]:
    """On the client's page: tier, origin, what it may apply for."""
    today = clock.today()
    found = await policies.of_client(session, client, today) if actor.may("services.read") else []
    came, standing = await partners.origin(session, client.id), await consents.of_client(session, client.id)
    return {
        "template": "services/_client.html", "client": client, "shown": actor.may("services.read"),
        "tier": TIERS.get(await tiers.tier_of(session, client.id, today), _("none yet")),
        "origin": SOURCES[came.source] if came else _("not written down"),
        "met": sum(match.verdict == "met" for _policy, match in found),
        "unknown": sum(match.verdict == "open" for _policy, match in found),
        "consents": sum(one.revoked_at is None for one in standing),
    }  # fmt: skip


ROUTES = [
    detail, tier, origin, fact, give_consent, revoke, hand_on, keep_review, publish, withdraw,
]  # fmt: skip
