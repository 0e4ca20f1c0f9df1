"""What follows when a message came back: the next channel by itself, and a person where there is none left.

The rungs: the contact's other channel as they prefer it, another contact who may approve, the letter's owner.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Contact
from saas.firms.notifications import notify
from saas.kernel.access import SYSTEM
from saas.kernel.audit import record
from saas.kernel.config import active
from saas.kernel.i18n import Text, _
from saas.kernel.perform import locked
from saas.notices import calls, dispatch, queries
from saas.notices.frame import frame_of
from saas.notices.models import Delivery, Notice
from saas.notices.proofs import CHANNELS
from saas.notices.sms import gateway_for, is_mobile
from saas.notices.workflow import ISSUED, NOTICE

BY_PEOPLE = ("phone", "wechat")  # who prefers these is reached by a person once the mail has failed


async def climb(session: AsyncSession, failed: Delivery, now: datetime) -> Delivery | None:
    """Take the next rung for a letter of which nothing is on its way any more; the letter's owner is told.

    None where a person has to go on: a task says how.
    """
    if failed.notice_id is None or failed.subject_kind != "notice":
        return None
    notice: Notice = await locked(session, NOTICE, failed.notice_id)
    if notice.state not in ISSUED:
        return None
    frame = await frame_of(session, notice)
    sent = (await queries.deliveries(session, [notice.id]))[notice.id]
    tried = {(d.contact_id, d.channel) for d in sent if d.subject_kind == "notice" and d.status != "shared"}
    texts = gateway_for(active(), live=frame.firm.kind == "live") is not None
    first = next((c for c in frame.recipients if c.id == failed.contact_id), None)
    for contact, channel in rungs(first, frame.recipients, texts=texts):
        if (contact.id, channel) not in tried:
            return await _send(session, notice, failed, contact, channel, now)
    await calls.ask_for_call(session, notice, calls.by_hand([first] if first else frame.recipients), now)
    await _tell(session, notice, _("%(title)s did not reach %(address)s. Please call.", title=notice.title,
                                   address=failed.recipient), now)  # fmt: skip
    return None


def rungs(first: Contact | None, everybody: Sequence[Contact], *, texts: bool) -> Iterator[tuple[Contact, str]]:
    """(contact, channel), the best first. Whoever prefers a call or WeChat is left to a person."""
    if first is not None and first.channel in BY_PEOPLE:
        return
    order = ("sms", "email") if first is not None and first.channel == "sms" else ("email", "sms")
    people = [first] if first is not None else []
    others = [c for c in everybody if c.may_approve and c not in people]
    for contact in people:
        yield from ((contact, channel) for channel in order if _reaches(contact, channel, texts=texts))
    yield from ((contact, "email") for contact in others if contact.email)


def _reaches(contact: Contact, channel: str, *, texts: bool) -> bool:
    return bool(contact.email) if channel == "email" else texts and is_mobile(contact.phone)


async def _send(
    session: AsyncSession, notice: Notice, failed: Delivery, contact: Contact, channel: str, now: datetime
) -> Delivery | None:
    sent = await dispatch.send_to(session, notice, contact, now, channel=channel)
    record(session, SYSTEM, "notice.climb", now, subject=notice, client_id=notice.client_id, timeline=True,
           channel=channel, summary=contact.name)  # fmt: skip
    words = {"title": notice.title, "address": failed.recipient, "name": contact.name, "channel": CHANNELS[channel][0]}
    said = _("%(title)s did not reach %(address)s; it goes to %(name)s now (%(channel)s).", **words)
    await _tell(session, notice, said, now)
    return sent


async def _tell(session: AsyncSession, notice: Notice, said: Text, now: datetime) -> None:
    await notify(session, [notice.owner_id], "assigned", said, NOTICE.url(notice), now)
