"""Links for a client without an account: handed on by a member, or asked for on the firm's public page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.forms import LinkFor
from saas.clients import queries as clients
from saas.clients.models import Client, Contact
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict, Missing
from saas.kernel.forms import submitted
from saas.kernel.i18n import Text, _
from saas.kernel.identifiers import plain
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.kernel.tenancy import of_this_firm
from saas.notices import queries as notices
from saas.notices.messages import MessageKind, Recipient, Words, register_message
from saas.notices.models import Delivery
from saas.notices.qr import svg
from saas.notices.sending import address_for, new_delivery, send_message
from saas.refunds import queries
from saas.refunds.asking.client_mails import LIFE

CLIENT = "/f/{slug:str}/clients/{client_id:uuid}/refund-link"
LABEL = _("Ask for money back, and see where your request stands")
KIND = "refund_link"
PAUSE = timedelta(minutes=10)  # between two mails to the same person


@post(CLIENT, opt={"permission": "refunds.work"}, status_code=200)
async def give(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[Any]:
    """By mail, or as an address to copy and a QR code for WeChat; recorded as that channel."""
    client = await clients.client(session, client_id)
    form = await submitted(request, LinkFor)
    if not form.ok or client.merged_into_id is not None:
        raise Missing()
    contact = await clients.contact(session, form.taken.contact_id)
    if contact.client_id != client.id:
        raise Missing()
    delivery = await _deliver(session, actor_of(request), client, contact, form.taken.channel, clock.now())
    return to(f"/clients/{client.id}/refund-link/{delivery.id}", request)


@get(f"{CLIENT}/{{delivery_id:uuid}}", opt={"permission": "refunds.work"})
async def given(request: Req, session: Db, client_id: FromPath[UUID], delivery_id: FromPath[UUID]) -> Response[str]:
    """The address to copy, and its QR code."""
    client = await clients.client(session, client_id)
    delivery = await notices.delivery(session, delivery_id)
    if delivery.subject_id != client.id or delivery.subject_kind != KIND:
        raise Missing()
    address = address_for(await notices.firm(session), delivery)
    return await page(
        request,
        "cases/link.html",
        session=session,
        client=client,
        label=LABEL,
        delivery=delivery,
        address=address,
        qr=svg(address, delivery.contact_name),
    )


async def _deliver(
    session: AsyncSession, actor: Actor, client: Client, contact: Contact, channel: str, now: datetime
) -> Delivery:
    if channel == "email":
        sent = await mail_link(session, client, contact, now)
        if sent is None:
            raise Conflict(_("%(name)s has no e-mail address: copy the link instead.", name=contact.name))
    else:
        sent = await new_delivery(
            session, kind=KIND, subject_id=client.id, contact=contact, purpose="refund", now=now, notice_id=None,
            version=1, life=LIFE, channel="wechat", recipient=contact.wechat or contact.phone or contact.name,
            status="shared", recorded_by=actor.id,
        )  # fmt: skip
    record(session, actor, "refunds.share_link", now, subject=client, client_id=client.id, timeline=True,
           channel=channel, summary=contact.name)  # fmt: skip
    return sent


async def mail_link(session: AsyncSession, client: Client, contact: Contact, now: datetime) -> Delivery | None:
    """The link to this client's refund page, to this contact's address on record; None where there is none."""
    return await send_message(
        session, kind=KIND, subject_id=client.id, contact=contact, purpose="refund", now=now, life=LIFE,
        channel="email",
    )  # fmt: skip


async def find_asker(session: AsyncSession, company: str, email: str) -> None:
    """Job: somebody asked on the firm's public page. Only a person on record of that company gets a mail."""
    now = clock.now()
    client = await client_called(session, company)
    if client is None:
        return
    people = await clients.contacts(session, client.id)
    contact = next((c for c in people if c.email and c.email.casefold() == email.strip().casefold()), None)
    if contact is None or await _written_lately(session, contact, now):
        return
    await mail_link(session, client, contact, now)


async def client_called(session: AsyncSession, company: str) -> Client | None:
    """The active client with this name (in either language) or this unified social credit code."""
    wanted = plain(company)
    query = select(Client).where(of_this_firm(Client), Client.merged_into_id.is_(None), Client.archived_at.is_(None))
    for client in (await session.scalars(query)).all():
        if wanted and wanted in {plain(client.name), plain(client.name_en), client.uscc}:
            return client
    return None


async def _written_lately(session: AsyncSession, contact: Contact, now: datetime) -> bool:
    query = select(func.count()).where(
        of_this_firm(Delivery), Delivery.subject_kind == KIND, Delivery.contact_id == contact.id,
        Delivery.created_at > now - PAUSE,
    )  # fmt: skip
    return bool(await session.scalar(query))


async def compose(session: AsyncSession, delivery: Delivery, to: Recipient) -> Words:
    """The mail that carries such a link."""
    client = await clients.client(session, delivery.subject_id)
    locale = to.locales[0]
    subject = _("%(what)s · %(client)s", what=LABEL, client=client.name_in(locale))
    short = _("%(firm)s: %(what)s", firm=to.face.name_in(locale), what=LABEL)
    return Words(subject, short, {"client": client, "label": LABEL, "open": await _open_numbers(session, client)})


async def _open_numbers(session: AsyncSession, client: Client) -> list[Text]:
    return [Text(refund.number) for refund in await queries.of_client(session, client.id) if refund.closed_at is None]


LINK = register_message(MessageKind(KIND, "mail/refunds/link", compose))
ROUTES = [give, given]
