"""A reader of the printed letter asks for a link: it goes to an address on record, at most one in ten minutes."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Contact
from saas.kernel.perform import locked
from saas.notices import queries
from saas.notices.dispatch import send_to
from saas.notices.frame import frame_of
from saas.notices.models import Delivery
from saas.notices.workflow import NOTICE

PAUSE = timedelta(minutes=10)


async def send_own_link(session: AsyncSession, notice_id: UUID, address: str, now: datetime) -> Delivery | None:
    """None where nobody of this letter has that address, or a message to them is only minutes old."""
    notice = await locked(session, NOTICE, notice_id)
    frame = await frame_of(session, notice)
    contact = next((c for c in frame.recipients if channel_of(c, address)), None)
    if contact is None:
        return None
    sent = (await queries.deliveries(session, [notice.id]))[notice.id]
    if any(d.contact_id == contact.id and now - d.created_at < PAUSE for d in sent):
        return None
    return await send_to(session, notice, contact, now, channel=channel_of(contact, address))


def channel_of(contact: Contact, address: str) -> str:
    """By which channel this address reaches the contact; "" where it is not theirs."""
    typed = address.strip().casefold()
    if contact.email and typed == contact.email.casefold():
        return "email"
    digits = "".join(character for character in typed if character.isdigit()).removeprefix("86")
    own = "".join(character for character in contact.phone if character.isdigit()).removeprefix("86")
    return "sms" if own and digits == own else ""
