"""Links a member hands to a client: to report a problem, and to see where everything stands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.forms import LinkFor
from saas.cases.listing import client_rows
from saas.clients import queries as clients
from saas.clients.models import Client, Contact
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict, Missing
from saas.kernel.forms import submitted
from saas.kernel.i18n import Text, _
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.notices import queries as notices
from saas.notices.messages import MessageKind, Recipient, Words, register_message
from saas.notices.models import Delivery
from saas.notices.qr import svg
from saas.notices.sending import address_for, new_delivery, send_message

CLIENT = "/f/{slug:str}/clients/{client_id:uuid}"
LIFE = timedelta(days=180)  # long: the client keeps it at hand
PURPOSES: dict[str, Text] = {
    "intake": _("Tell us about a problem in your books"),
    "status": _("See where your matters stand"),
}


@post(f"{CLIENT}/links/{{purpose:str}}", opt={"permission": "cases.work"}, status_code=200)
async def give(request: Req, session: Db, client_id: FromPath[UUID], purpose: FromPath[str]) -> Response[Any]:
    """By mail, or as an address to copy and a QR code for WeChat; recorded as that channel."""
    client = await clients.client(session, client_id)
    form = await submitted(request, LinkFor)
    if purpose not in PURPOSES or not form.ok:
        raise Missing()
    contact = await clients.contact(session, form.taken.contact_id)
    if contact.client_id != client.id:
        raise Missing()
    delivery = await _deliver(session, actor_of(request), client, contact, purpose, form.taken.channel)
    return to(f"/clients/{client.id}/links/{purpose}/{delivery.id}", request)


@get(f"{CLIENT}/links/{{purpose:str}}/{{delivery_id:uuid}}", opt={"permission": "cases.work"})
async def given(
    request: Req, session: Db, client_id: FromPath[UUID], purpose: FromPath[str], delivery_id: FromPath[UUID]
) -> Response[str]:
    """The address to copy, and its QR code."""
    client = await clients.client(session, client_id)
    delivery = await notices.delivery(session, delivery_id)
    if delivery.subject_id != client.id or delivery.subject_kind != purpose:
        raise Missing()
    address = address_for(await notices.firm(session), delivery)
    return await page(
        request,
        "cases/link.html",
        session=session,
        client=client,
        label=PURPOSES[purpose],
        delivery=delivery,
        address=address,
        qr=svg(address, delivery.contact_name),
    )


async def _deliver(
    session: AsyncSession, actor: Actor, client: Client, contact: Contact, purpose: str, channel: str
) -> Delivery:
    now = clock.now()
    if channel == "email":
        sent = await send_message(
            session, kind=purpose, subject_id=client.id, contact=contact, purpose=purpose, now=now, life=LIFE,
            channel="email",
        )  # fmt: skip
        if sent is None:
            raise Conflict(_("%(name)s has no e-mail address: copy the link instead.", name=contact.name))
    else:
        sent = await new_delivery(
            session, kind=purpose, subject_id=client.id, contact=contact, purpose=purpose, now=now, notice_id=None,
            version=1, life=LIFE, channel="wechat", recipient=contact.wechat or contact.phone or contact.name,
            status="shared", recorded_by=actor.id,
        )  # fmt: skip
    record(session, actor, "cases.share_link", now, subject=client, client_id=client.id, timeline=True,
           purpose=purpose, channel=channel, summary=contact.name)  # fmt: skip
    return sent


async def compose(session: AsyncSession, delivery: Delivery, to: Recipient) -> Words:
    """The mail that carries such a link."""
    client = await clients.client(session, delivery.subject_id)
    label = PURPOSES[delivery.subject_kind]
    return Words(
        _("%(what)s · %(client)s", what=label, client=client.name_in(to.locales[0])),
        _("%(firm)s: %(what)s", firm=to.face.name_in(to.locales[0]), what=label),
        {"client": client, "label": label, "purpose": delivery.subject_kind},
    )


async def client_panel(session: AsyncSession, client: Any, actor: Actor) -> dict[str, Any]:
    """On a client's page: its open cases, and the links its people may be given."""
    return {
        "template": "cases/_client.html",
        "client": client,
        "rows": await client_rows(session, client.id, clock.now()),
        "contacts": [(str(c.id), c.name) for c in await clients.contacts(session, client.id)],
        "purposes": PURPOSES,
        "may_open": actor.may("cases.open") and client.archived_at is None,
        "may_share": actor.may("cases.work"),
    }


INTAKE = register_message(MessageKind("intake", "mail/cases/link", compose))
STATUS = register_message(MessageKind("status", "mail/cases/link", compose))
ROUTES = [give, given]
