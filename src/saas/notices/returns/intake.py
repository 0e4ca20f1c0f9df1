"""What one returned message does, in one transaction: it is kept, and it changes its delivery or joins the log."""

from __future__ import annotations

import hashlib
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.clients.communication import log
from saas.clients.models import Contact
from saas.firms.notifications import notify
from saas.kernel import tenancy
from saas.kernel.access import SYSTEM
from saas.kernel.audit import record
from saas.kernel.config import active
from saas.kernel.errors import Invalid
from saas.kernel.files import store_of
from saas.kernel.i18n import _
from saas.kernel.i18n import reading as in_language
from saas.kernel.tenancy import of_this_firm
from saas.kernel.uploads import keep_content
from saas.notices import queries, relaying
from saas.notices.models import Delivery, ReturnedMail
from saas.notices.returns import addresses, reading
from saas.notices.returns.judging import Judgement, judge
from saas.notices.returns.subjects import Subject, subject_of

MOST_FILES = 20
OVER = ("bounced", "failed", "shared")
QUIET = {"auto": "notice.auto_reply", "delay": "notice.mail_delayed", "receipt": "notice.mail_receipt"}


async def take_in(session: AsyncSession, delivery_id: UUID, content: bytes, now: datetime) -> str:
    """What it was taken for; "known" where this message is here already. Missing for an unknown delivery.

    The delivery's row is locked first, so that the same message handed over twice at once is one.
    """
    delivery = await queries.delivery(session, delivery_id)
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    key = _key(message, content)
    if await _known(session, delivery, key):
        return "known"
    judgement = judge(message)
    about = await subject_of(session, delivery)
    digest = await store_of(active()).put(tenancy.current_firm_id(), content)
    entry_id = None
    if judgement.kind == "reply" and about is not None:
        original = {"name": "mail.eml", "sha256": digest, "size": len(content)}
        entry_id = await _reply(session, delivery, message, about, original, now)
    elif judgement.kind == "bounce":
        await _bounce(session, delivery, judgement, about, now)
    else:
        _note_quietly(session, delivery, judgement, about, message, now)
    session.add(
        ReturnedMail(
            delivery_id=delivery.id,
            message_key=key,
            kind=judgement.kind,
            status=judgement.status,
            reason=judgement.reason,
            sender=reading.head(message, "From"),
            subject=reading.head(message, "Subject"),
            received_at=now,
            file_sha256=digest,
            file_size=len(content),
            communication_id=entry_id,
        )
    )
    return judgement.kind


async def _bounce(
    session: AsyncSession, delivery: Delivery, judgement: Judgement, about: Subject | None, now: datetime
) -> None:
    """The delivery has failed; a person corrects the address. What was read by its link arrived all the same."""
    if delivery.viewed_at is not None or delivery.status in OVER:
        return
    await relaying.bounce(session, delivery, judgement.reason, now, how="soft" if judgement.soft else "hard")
    await session.flush()
    if about is None:
        return
    record(session, SYSTEM, "notice.mail_returned", now, subject=delivery, client_id=about.client.id, timeline=True,
           summary=f"{delivery.recipient}: {judgement.reason}"[:200])  # fmt: skip
    if await addresses.held(session, [delivery.recipient]):
        await addresses.ask_to_correct(session, delivery, about, now)


async def _reply(
    session: AsyncSession,
    delivery: Delivery,
    message: EmailMessage,
    about: Subject,
    original: dict[str, Any],
    now: datetime,
) -> UUID:
    """On record for ever: their words without what they quote, their files, and the mail as it came. Its id."""
    files, refused = await _files(message)
    contact, name = await _writer(session, delivery, about, message)
    with in_language("zh"):
        left_out = str(_("Not kept: %(files)s", files="; ".join(refused))) if refused else ""
        words = reading.said(reading.text_of(message)) or str(_("(no text)"))
    entry = log(
        session,
        SYSTEM,
        about.client,
        now,
        channel="email",
        direction="in",
        summary=words,
        contact=contact,
        contact_name=name,
        result=left_out[:1000],
        files=[*files, original],
        subject_kind=about.kind,
        subject_id=about.id,
    )
    if delivery.status in ("accepted", "uncertain"):
        await relaying.arrive(session, delivery, now)  # whoever answers has got it
    said = _("%(name)s answered by e-mail: %(title)s", name=name, title=about.title)
    await notify(session, [about.owner_id] if about.owner_id else [], "answer", said, about.url, now)
    await session.flush()
    return entry.id


async def _files(message: EmailMessage) -> tuple[list[dict[str, Any]], list[str]]:
    """(kept, names of those that the checks refused): the same checks as for files that people upload."""
    kept, refused = [], []
    for number, (name, content) in enumerate(reading.attachments(message)):
        try:
            if number >= MOST_FILES:
                raise Invalid(_("Too many files."))
            kept.append(await keep_content(name, content))
        except Invalid:
            refused.append(name[:120])
    return kept, refused


async def _writer(
    session: AsyncSession, delivery: Delivery, about: Subject, message: EmailMessage
) -> tuple[Contact | None, str]:
    """Who wrote, as far as the From line can be believed: the contact with that address, else a name only."""
    name, address = parseaddr(reading.head(message, "From"))
    people = await clients.contacts(session, about.client.id)
    known = next((c for c in people if address and c.email.casefold() == address.casefold()), None)
    if known is not None:
        return known, known.name
    return None, (f"{name} <{address}>" if name and address else name or address or delivery.recipient)[:200]


def _note_quietly(
    session: AsyncSession,
    delivery: Delivery,
    judgement: Judgement,
    about: Subject | None,
    message: EmailMessage,
    now: datetime,
) -> None:
    """On the client's timeline, and nobody is disturbed: out of office, still trying, received."""
    if judgement.kind == "delay" and delivery.status in ("accepted", "delivered"):
        delivery.reply = judgement.reason[:500]
    if about is not None and judgement.kind in QUIET:
        summary = judgement.reason or reading.head(message, "Subject")
        record(session, SYSTEM, QUIET[judgement.kind], now, subject=delivery, client_id=about.client.id, timeline=True,
               summary=f"{delivery.contact_name}: {summary}"[:200])  # fmt: skip


async def _known(session: AsyncSession, delivery: Delivery, key: str) -> bool:
    query = select(ReturnedMail.id).where(
        of_this_firm(ReturnedMail), ReturnedMail.delivery_id == delivery.id, ReturnedMail.message_key == key
    )
    return await session.scalar(query) is not None


def _key(message: EmailMessage, content: bytes) -> str:
    message_id = reading.head(message, "Message-ID")
    return hashlib.sha256(message_id.encode() if message_id else content).hexdigest()
