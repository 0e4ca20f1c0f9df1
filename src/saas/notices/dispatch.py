"""Sending a letter out: to everyone who has to have it, each by the way they wish."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Contact
from saas.kernel import clock
from saas.kernel.access import SYSTEM, Actor
from saas.kernel.audit import record
from saas.kernel.perform import perform
from saas.notices import calls, queries
from saas.notices.frame import frame_of
from saas.notices.models import Delivery, Notice
from saas.notices.sending import new_delivery, send_message
from saas.notices.workflow import NOTICE

AFTER_ANSWER = timedelta(days=10)  # a late answer is still welcome
WITHOUT_DAY = timedelta(days=30)


def closes_at(notice: Notice, zone: ZoneInfo = clock.CHINA) -> datetime:
    """When the links of a letter end and it expires without an answer."""
    if notice.answer_by is None:
        return (notice.issued_at or notice.approved_at or clock.now()) + WITHOUT_DAY
    return datetime.combine(notice.answer_by + timedelta(days=1), time(), zone) + AFTER_ANSWER


async def send_out(session: AsyncSession, notice: Notice, now: datetime) -> list[Delivery]:
    """One delivery per recipient. Where a machine can reach nobody, the letter waits for a person: no proof."""
    frame = await frame_of(session, notice)
    queued = [await send_to(session, notice, contact, now) for contact in frame.recipients]
    found = [delivery for delivery in queued if delivery is not None]
    if not found:
        await perform(session, NOTICE, notice.id, "lose_track", SYSTEM, now=now)
        await calls.ask_for_call(session, notice, calls.by_hand(frame.recipients), now)
    return found


async def send_to(
    session: AsyncSession, notice: Notice, contact: Contact, now: datetime, *, kind: str = "notice", channel: str = ""
) -> Delivery | None:
    """The letter (or a reply about it) to one contact, with a link of their own."""
    return await send_message(
        session,
        kind=kind,
        subject_id=notice.id,
        contact=contact,
        purpose="notice",
        now=now,
        notice_id=notice.id,
        version=notice.version,
        life=max(closes_at(notice) - now, timedelta(days=1)),
        channel=channel,
    )


async def share(
    session: AsyncSession, actor: Actor, notice: Notice, contact: Contact, channel: str, now: datetime
) -> Delivery:
    """A link for a person to hand on: copied, or shown as a QR code; recorded as that channel. A view is its proof."""
    delivery = await new_delivery(
        session,
        kind="notice",
        subject_id=notice.id,
        contact=contact,
        purpose="notice",
        now=now,
        notice_id=notice.id,
        version=notice.version,
        life=max(closes_at(notice) - now, timedelta(days=1)),
        channel=channel,
        recipient=contact.wechat or contact.phone or contact.name,
        status="shared",
        recorded_by=actor.id,
    )
    record(session, actor, "notice.share_link", now, subject=notice, client_id=notice.client_id, timeline=True,
           channel=channel, summary=contact.name)  # fmt: skip
    await calls.recorded(session, notice.id, actor.id, now, called=False)
    return delivery


async def already_on_its_way(session: AsyncSession, notice: Notice, contact: Contact) -> bool:
    """Whether the letter is being sent to this contact right now: a second press changes nothing."""
    sent = (await queries.deliveries(session, [notice.id]))[notice.id]
    return any(d.contact_id == contact.id and d.status in ("queued", "sending") for d in sent)
