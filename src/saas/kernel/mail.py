"""Building and handing over mail. The policy of the standard library refuses a line break in any header."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, parseaddr
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import UUID

import aiosmtplib

from saas.kernel import clock, mailbox, tenancy
from saas.kernel.conditions import note_mail
from saas.kernel.config import Settings
from saas.kernel.jobs import redis_at_hand
from saas.kernel.outbox import Outlet

TIMEOUT = 20  # seconds for one hand-over


class MailRefusedError(Exception):
    """The relay said no for good (5xx), or the message cannot be written: sending it again would not help."""


class MailUncertainError(Exception):
    """The connection broke where the relay may already have taken the message: ask it, or send the same id again."""


class MailDelayedError(Exception):
    """Nothing was handed over; try again later."""


class MailAwayError(MailDelayedError):
    """The relay does not answer at all: that says nothing about this message, and may be over soon."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The relay's answer, kept as proof. `repeated` when an earlier attempt had already succeeded."""

    reply: str
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    content: bytes
    content_type: str = "application/pdf"


def message_id(delivery_id: UUID, settings: Settings) -> str:
    """The same for every attempt of one delivery, so that a repeat can be recognised."""
    host = urlsplit(settings.public_url).hostname or "localhost"
    return f"<{delivery_id.hex}@{host}>"


def build(
    *,
    to: str,
    subject: str,
    text: str,
    html: str = "",
    to_name: str = "",
    from_name: str = "",
    reply_to: str = "",
    reply_name: str = "",
    language: str = "",
    attachments: Sequence[Attachment] = (),
    delivery_id: UUID,
    settings: Settings,
) -> EmailMessage:
    """A complete message; MailRefusedError when an address or a header cannot be one (a line break in a name)."""
    message = EmailMessage(policy=SMTP_POLICY)
    default_name, sender = parseaddr(settings.mail_from)
    try:
        message["From"] = Address(from_name or default_name, addr_spec=sender)
        message["To"] = Address(to_name, addr_spec=to)
        if message["To"].addresses[0].addr_spec != to:
            raise ValueError(f"{to!r} is not one address")
        message["Subject"] = subject
        if reply_to:
            message["Reply-To"] = Address(reply_name, addr_spec=reply_to)
    except (ValueError, IndexError, TypeError, MessageError) as error:
        raise MailRefusedError(f"not a usable header: {error}") from error
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = message_id(delivery_id, settings)
    message["Auto-Submitted"] = "auto-generated"
    if language:
        message["Content-Language"] = language
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for item in attachments:
        maintype, _, subtype = item.content_type.partition("/")
        message.add_attachment(item.content, maintype=maintype, subtype=subtype, filename=item.name)
    return message


async def send(
    message: EmailMessage, settings: Settings, *, attempt: int = 1, outlet: Outlet, return_to: str = ""
) -> Accepted:
    """Hand the message over. Raises MailRefusedError, MailDelayedError, MailAwayError, MailUncertainError.

    `return_to` is the envelope's sender, where reports of delivery go; without it they go to the From address.

    From the second attempt on the relay is asked first whether it has the message. The running job's outlet
    says whether it may leave the house: a demo or sandbox firm's goes to the embedded mailbox, whatever relay is set.
    """
    firm_id = tenancy.firm_or_none()
    if outlet == "mailbox" and firm_id is not None and mailbox.FIRM_HEADER not in message:
        message[mailbox.FIRM_HEADER] = str(firm_id)
    if outlet == "mailbox" and not settings.embedded_smtp:
        return Accepted(f"250 kept as {mailbox.keep(settings.mailbox_dir, message.as_bytes())}")
    if attempt > 1 and seen(message, settings):
        return Accepted("250 accepted at an earlier attempt", repeated=True)
    client = _client(settings.smtp_url)
    try:
        async with asyncio.timeout(TIMEOUT):
            await client.connect()
            await _sign_in(client, settings.smtp_url)
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
        client.close()
        await note_mail(redis_at_hand(), answers=False)
        raise MailAwayError(f"{type(error).__name__}: {error}") from error
    await note_mail(redis_at_hand(), answers=True)
    return await _hand_over(client, message, return_to)


def seen(message: EmailMessage, settings: Settings) -> bool | None:
    """Whether the relay has this Message-ID; None when this relay cannot be asked."""
    if not settings.embedded_smtp:
        return None
    return mailbox.times_seen(settings.mailbox_dir, str(message["Message-ID"])) > 0


async def reachable(settings: Settings) -> str:
    """The relay's greeting, for doctor; MailDelayedError when it does not answer."""
    client = _client(settings.smtp_url)
    try:
        async with asyncio.timeout(5):
            reply = await client.connect()
            await client.quit()
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
        raise MailDelayedError(f"{type(error).__name__}: {error}") from error
    return reply.message


async def _hand_over(client: aiosmtplib.SMTP, message: EmailMessage, return_to: str) -> Accepted:
    try:
        async with asyncio.timeout(TIMEOUT):
            _, reply = await client.send_message(message, sender=return_to or None)
            return Accepted(reply)
    except (aiosmtplib.SMTPRecipientsRefused, aiosmtplib.SMTPResponseException) as error:
        code = error.recipients[0].code if isinstance(error, aiosmtplib.SMTPRecipientsRefused) else error.code
        kind = MailDelayedError if 400 <= code < 500 else MailRefusedError
        raise kind(f"{type(error).__name__}: {error}") from error
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
        raise MailUncertainError(f"{type(error).__name__}: {error}") from error
    finally:
        client.close()


def _client(url: str) -> aiosmtplib.SMTP:
    parts = urlsplit(url)
    if parts.scheme == "smtp+unix":
        return aiosmtplib.SMTP(
            hostname=None, port=None, socket_path=str(Path(parts.path)), start_tls=False, timeout=TIMEOUT
        )
    secure = parts.scheme == "smtps"
    return aiosmtplib.SMTP(
        hostname=parts.hostname,
        port=parts.port or (465 if secure else 587),
        use_tls=secure,
        tls_context=ssl.create_default_context(),
        start_tls=False if secure else (True if parts.username else None),  # never a password in the clear
        timeout=TIMEOUT,
    )


async def _sign_in(client: aiosmtplib.SMTP, url: str) -> None:
    parts = urlsplit(url)
    if parts.username:
        await client.login(unquote(parts.username), unquote(parts.password or ""))
