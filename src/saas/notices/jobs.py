"""The work that follows an approval: print, send, settle, sweep."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock, jobs
from saas.kernel.access import SYSTEM
from saas.kernel.config import active
from saas.kernel.errors import Missing
from saas.kernel.files import store_of
from saas.kernel.outbox import enqueue
from saas.kernel.perform import locked, perform
from saas.notices import bounces, documents, queries, relaying, sweeping
from saas.notices.dispatch import send_out
from saas.notices.models import Notice
from saas.notices.pictures import pictures_of
from saas.notices.workflow import NOTICE


async def render(session: AsyncSession, notice_id: str) -> None:
    """Print the frozen content, keep the file by its hash, and send the letter out."""
    now = clock.now()
    notice: Notice = await locked(session, NOTICE, UUID(notice_id))
    if notice.state != "approved":
        return
    await perform(session, NOTICE, notice.id, "render", SYSTEM, now=now)
    form = documents.of_approved(notice, await pictures_of(notice.content["letter"]["sender"]))
    content = await documents.pdf(form, notice.approved_at or now)
    notice.file_sha256 = await store_of(active()).put(notice.firm_id, content)
    notice.file_size, notice.template_version = len(content), documents.template_version()
    await perform(session, NOTICE, notice.id, "send", SYSTEM, now=now)
    await send_out(session, notice, now)


async def deliver(session: AsyncSession, delivery_id: str) -> None:
    """Note the attempt; what follows is only done once that is committed."""
    delivery = await queries.delivery(session, UUID(delivery_id))
    if delivery.status == "queued":
        delivery.begin(clock.now())
        enqueue(session, "notices.hand_over", delivery_id=delivery.id)


async def hand_over(session: AsyncSession, delivery_id: str) -> None:
    """Make the attempt. A second run of this job means that the first one may have succeeded unseen."""
    delivery = await queries.delivery(session, UUID(delivery_id))
    if delivery.status == "sending":
        attempt = max(jobs.running().attempt, delivery.attempts)
        await relaying.hand_over(session, delivery, attempt, clock.now())


async def settle(session: AsyncSession, delivery_id: str) -> None:
    """A quarter of an hour later: a bounce, or delivered."""
    delivery = await queries.delivery(session, UUID(delivery_id))
    if delivery.status != "accepted":
        return
    now = clock.now()
    reason = bounces.reported(active(), now).get(delivery.message_id or "")
    if reason:
        await relaying.bounce(session, delivery, reason, now)
    else:
        await relaying.arrive(session, delivery, now)


async def clear_up(session: AsyncSession, delivery_id: str) -> None:
    """Ask the relay's record about an uncertain one, or follow the firm's policy."""
    try:
        delivery = await queries.delivery(session, UUID(delivery_id))
    except Missing:
        return
    if delivery.status == "uncertain":
        await relaying.clear_up(session, delivery, clock.now())


async def sweep(session: AsyncSession) -> None:
    """Late bounces, deliveries that hang, days of answer that passed, letters that are over."""
    await sweeping.sweep(session, clock.now())
