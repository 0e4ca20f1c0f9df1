"""What nobody presses a button for: late bounces, deliveries that hang, answers that did not come."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.access import SYSTEM
from saas.kernel.config import active
from saas.kernel.outbox import enqueue
from saas.kernel.perform import perform
from saas.notices import bounces, calls, queries, relaying
from saas.notices.dispatch import closes_at
from saas.notices.models import Notice
from saas.notices.workflow import NOTICE

PATIENCE = timedelta(hours=3)  # with a delivery that neither arrives nor fails


async def sweep(session: AsyncSession, now: datetime) -> None:
    """Safe to repeat: each part looks at what is so, not at what was done before."""
    await _late_bounces(session, now)
    await _hanging(session, now)
    zone = ZoneInfo((await queries.firm(session)).zone)
    for notice in await queries.open_letters(session):
        await _time_is_up(session, notice, now, zone)


async def _late_bounces(session: AsyncSession, now: datetime) -> None:
    reasons = bounces.reported(active(), now)
    for found in await queries.deliveries_by_message(session, list(reasons)):
        delivery = await queries.delivery(session, found.id)
        if delivery.status in ("accepted", "delivered") and delivery.viewed_at is None:
            await relaying.bounce(session, delivery, reasons[delivery.message_id or ""], now)


async def _hanging(session: AsyncSession, now: datetime) -> None:
    """Their job died: sent perhaps, so in doubt; or never begun, so begun again."""
    for found in await queries.unsettled(session, now - PATIENCE):
        delivery = await queries.delivery(session, found.id)
        if delivery.status == "sending":
            delivery.settle("uncertain", delivery.reply or "the attempt broke off", now)
        if delivery.status == "uncertain":
            await relaying.clear_up(session, delivery, now)
        elif delivery.status == "queued":
            enqueue(session, "notices.deliver", delivery_id=delivery.id)


async def _time_is_up(session: AsyncSession, notice: Notice, now: datetime, zone: ZoneInfo) -> None:
    if now >= closes_at(notice, zone):
        await perform(session, NOTICE, notice.id, "expire" if notice.asks else "file", SYSTEM, now=now)
    elif notice.asks and notice.answer_by is not None and now.astimezone(zone).date() > notice.answer_by:
        # the letter promises a call once its day has passed: silence is not consent
        await calls.ask_for_call(session, notice, calls.CALL, now, once=True)
