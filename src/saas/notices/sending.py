"""Messages on their way: queued → sending (attempt and Message-ID committed first) → accepted, bounced, uncertain.

Two jobs share the work, because each commits: `notices.deliver` notes the attempt, `notices.hand_over` makes it.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Contact
from saas.clients.reach import welcome_at
from saas.kernel import mail
from saas.kernel.config import Settings, active
from saas.kernel.directory import Firm
from saas.kernel.identifiers import uuid7
from saas.kernel.link_entrance import link_url
from saas.kernel.links import issue
from saas.kernel.outbox import enqueue
from saas.notices import queries
from saas.notices.models import Delivery

MOST_ATTEMPTS = 10
LONGEST_AWAY = timedelta(days=3)  # a mail server that does not answer is waited for
DEFAULT_LIFE = timedelta(days=30)


async def send_message(
    session: AsyncSession,
    *,
    kind: str,
    subject_id: UUID,
    contact: Contact,
    purpose: str,
    now: datetime,
    notice_id: UUID | None = None,
    version: int = 1,
    life: timedelta = DEFAULT_LIFE,
    channel: str = "",
    keep_hours: bool | None = None,
) -> Delivery | None:
    """Queue one message with a link of its own; None where the contact has neither address nor number to send it to.

    It goes out within the hours the contact wishes (clients.reach); where somebody chose the channel just now it goes
    at once. `keep_hours` says otherwise.

    `kind` is registered with messages.register_message, `purpose` with link_entrance.purpose. `channel` "" follows what
    the contact wishes, and falls back to mail.
    """
    chosen, recipient = address_of(contact, channel)
    if not recipient:
        return None
    delivery = await new_delivery(
        session, kind=kind, subject_id=subject_id, contact=contact, purpose=purpose, now=now, notice_id=notice_id,
        version=version, life=life, channel=chosen, recipient=recipient, status="queued",
    )  # fmt: skip
    keeps = not channel if keep_hours is None else keep_hours
    due_at = welcome_at(contact.hours, now) if keeps else now
    enqueue(session, "notices.deliver", due_at=due_at, delivery_id=delivery.id)
    return delivery


async def new_delivery(
    session: AsyncSession,
    *,
    kind: str,
    subject_id: UUID,
    contact: Contact,
    purpose: str,
    now: datetime,
    notice_id: UUID | None,
    version: int,
    life: timedelta,
    channel: str,
    recipient: str,
    status: str,
    recorded_by: UUID | None = None,
) -> Delivery:
    """A delivery with its link, whose secret is derived from the delivery: every attempt sends the same."""
    delivery_id, settings, firm = uuid7(), active(), await queries.firm(session)
    link, _token = issue(session, firm.code, purpose, subject_id, now=now, version=version, contact_id=contact.id,
                         life=life, secret=secret_of(settings, delivery_id))  # fmt: skip
    await session.flush()
    delivery = Delivery(
        id=delivery_id,
        notice_id=notice_id,
        subject_kind=kind,
        subject_id=subject_id,
        contact_id=contact.id,
        contact_name=contact.name,
        recipient=recipient,
        channel=channel,
        status=status,
        message_id=mail.message_id(delivery_id, settings) if channel == "email" else None,
        link_id=link.id,
        recorded_by=recorded_by,
        created_at=now,
    )
    session.add(delivery)
    await session.flush()
    return delivery


def address_of(contact: Contact, channel: str = "") -> tuple[str, str]:
    """(channel, address) by which a machine can reach this person; ("email", "") where it cannot."""
    wanted = channel or contact.channel
    if wanted == "sms" and contact.phone:
        return "sms", contact.phone
    if contact.email or channel == "email":
        return "email", contact.email
    return ("sms", contact.phone) if contact.phone and channel != "email" and wanted == "sms" else ("email", "")


def secret_of(settings: Settings, delivery_id: UUID) -> str:
    """128 bits that only this deployment can derive; the database keeps their hash."""
    digest = hmac.new(settings.derive("delivery links"), delivery_id.bytes, sha256).digest()[:16]
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def address_for(firm: Firm, delivery: Delivery) -> str:
    """The address that this delivery carries."""
    settings = active()
    return link_url(settings.public_url, f"{firm.code}.{secret_of(settings, delivery.id)}")


def pause_while_away(attempts: int, delivery_id: UUID) -> timedelta:
    """2, 4, 8 … seconds, at most 30 and a few, so that mail is out within a minute of the return, not all at once."""
    return timedelta(seconds=min(2.0 ** min(attempts, 5), 30) + delivery_id.bytes[-1] % 10)


def pause_before(attempts: int) -> timedelta:
    """1, 2, 4 … minutes, at most two hours."""
    return timedelta(minutes=min(2.0 ** (attempts - 1), 120))
