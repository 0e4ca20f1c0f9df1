"""What people did by themselves to bring a letter to its reader: a call, a visit, a courier, a message on WeChat."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.communication import log
from saas.clients.models import Contact
from saas.clients.queries import client as client_of
from saas.kernel.access import SYSTEM, Actor
from saas.kernel.perform import locked, perform
from saas.notices import calls, queries
from saas.notices.forms import RecordedDelivery
from saas.notices.models import Delivery, Notice
from saas.notices.workflow import NOTICE

LOGGED_AS = {"paper": "letter"}  # what the communication log calls a channel


async def record_delivery(
    session: AsyncSession, actor: Actor, notice: Notice, form: RecordedDelivery, contact: Contact | None, now: datetime
) -> Delivery:
    """Keep it as proof, and as an exchange with the client. The same record twice is one record.

    Reached, it counts as delivered; not reached, as an attempt.
    """
    zone = ZoneInfo((await queries.firm(session)).zone)
    at = (form.at if form.at.tzinfo else form.at.replace(tzinfo=zone)).astimezone(UTC)
    for known in (await queries.deliveries(session, [notice.id]))[notice.id]:
        told = (known.channel, known.sent_at, known.contact_name, known.reference)
        if told == (form.channel, at, form.contact_name, form.reference):
            return known
    delivery = _delivery(actor, notice, form, contact, at, now)
    session.add(delivery)
    await _log(session, actor, notice, form, contact, at, now)
    await session.flush()
    if form.reached or form.channel == "phone":
        await calls.recorded(session, notice.id, actor.id, now, called=form.channel == "phone")
    if form.reached:
        delivery.arrive(at)
        await _prove(session, notice, now)
    return delivery


def _delivery(
    actor: Actor, notice: Notice, form: RecordedDelivery, contact: Contact | None, at: datetime, now: datetime
) -> Delivery:
    """The record of an attempt by hand at `at`, which did not reach anybody yet."""
    return Delivery(
        notice_id=notice.id,
        subject_id=notice.id,
        contact_id=contact.id if contact else None,
        contact_name=form.contact_name,
        recipient=contact.phone if contact else form.contact_name,
        channel=form.channel,
        status="failed",
        message_id=None,
        reply=form.reply,
        reference=form.reference,
        recorded_by=actor.id,
        link_id=None,
        created_at=now,
        sent_at=at,
    )


async def _log(
    session: AsyncSession,
    actor: Actor,
    notice: Notice,
    form: RecordedDelivery,
    contact: Contact | None,
    at: datetime,
    now: datetime,
) -> None:
    """The same attempt as an exchange with the client."""
    log(
        session,
        actor,
        await client_of(session, notice.client_id),
        now,
        channel=LOGGED_AS.get(form.channel, form.channel),
        direction="out",
        summary=f"{notice.number}：{form.reply}",
        contact=contact,
        contact_name=form.contact_name,
        at=at,
        result=form.reference,
        subject_kind="notice",
        subject_id=notice.id,
    )


async def _prove(session: AsyncSession, notice: Notice, now: datetime) -> None:
    """A human record counts as delivery where nothing better is known."""
    letter = await locked(session, NOTICE, notice.id)
    if any(letter.state in arrow.source for arrow in NOTICE.named("deliver")):
        await perform(session, NOTICE, notice.id, "deliver", SYSTEM, now=now)
