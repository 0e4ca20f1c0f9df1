"""Sending what was promised: one attempt a job, tried again later and later, given up after three days.

A receiver may get a message twice (it took it and we never heard), always with the same id. While an address fails,
only one attempt an interval goes there; the others wait, so that a dead receiver holds no worker.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import httpx
import msgspec
from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from saas.api import queries
from saas.api.models import ApiAnswer, WebhookDelivery, WebhookEndpoint
from saas.api.webhooks import signing
from saas.api.webhooks.addresses import Destination, NotAllowed, Resolve, destination
from saas.identity.models import Membership
from saas.kernel import clock, jobs
from saas.kernel.access import SYSTEM
from saas.kernel.audit import record
from saas.kernel.config import active
from saas.kernel.i18n import Text, _
from saas.kernel.outbox import enqueue
from saas.kernel.tenancy import of_this_firm
from saas.tasks.models import Task
from saas.tasks.routing import route

PATIENCE = 10.0  # seconds for the whole exchange
STEPS = (10, 60, 300, 1800, 7200, 21600)  # seconds until the next attempt, by failures in a row; the last repeats
LONGEST = timedelta(days=3)  # an address that fails for longer is stopped
KEPT = timedelta(days=30)  # deliveries and answers are remembered
SUBJECT = "webhook"
STEP = _("Mend the webhook or remove it")
ERRORS: dict[str, Text] = {
    "not_allowed": _("The name is unknown or leads into an inner network: nothing was sent."),
    "redirect": _("The address redirects; we do not follow."),
    "refused": _("The program answered with an error."),
    "silent": _("No answer within 10 seconds."),
    "unreachable": _("No connection, or a certificate that is not valid."),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt: the HTTP status if there was one, and a key of ERRORS or ""."""

    answer: int | None
    error: str


async def deliver(session: AsyncSession, delivery_id: str) -> None:
    """The job: one attempt, and the next one promised if it failed."""
    row = await queries.delivery(session, UUID(delivery_id))
    address = await session.get_one(WebhookEndpoint, (row.firm_id, row.endpoint_id))
    now = clock.now()
    if row.status != "waiting" or not address.is_on:
        return
    if jobs.running().outlet == "mailbox":
        row.status = "kept"  # a demo or sandbox calls nobody outside
        return
    if address.rests_until is not None and address.rests_until > now:
        enqueue(session, "api.deliver", due_at=address.rests_until, delivery_id=row.id)
        return
    outcome = await attempt(address, row, now)
    row.attempts, row.tried_at, row.answer, row.error = row.attempts + 1, now, outcome.answer, outcome.error
    address = await queries.endpoint(session, address.id, lock=True) if address.removed_at is None else address
    if not outcome.error:
        row.status, row.delivered_at = "delivered", now
        address.go_on()
    else:
        await _failed(session, address, row, clock.now())


async def attempt(
    address: WebhookEndpoint, row: WebhookDelivery, now: datetime, resolve: Resolve | None = None
) -> Outcome:
    """One POST to the address as it resolves now. Of the answer only the status is looked at."""
    settings = active()
    try:
        where = await destination(
            address.url,
            production=settings.env == "production",
            networks=settings.webhook_networks,
            resolve=resolve,
        )
    except NotAllowed:
        return Outcome(None, "not_allowed")
    body = msgspec.json.encode(row.body)
    secret = signing.cipher().decrypt(address.secret_sealed, address.place)
    headers = {
        "host": where.host_header,
        "content-type": "application/json",
        "user-agent": "Qingzhang-Webhook/1",
        "qingzhang-event": row.event,
        "qingzhang-delivery": str(row.id),
        signing.HEADER.lower(): signing.signature(secret, int(now.timestamp()), body),
    }
    return await _post(where, body, headers)


async def _post(where: Destination, body: bytes, headers: dict[str, str]) -> Outcome:
    """To the address that was looked at; the certificate must be the name's. No proxy, no redirect, no body read."""
    try:
        async with (
            asyncio.timeout(PATIENCE),
            httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=PATIENCE) as client,
            client.stream(
                "POST", where.pinned, content=body, headers=headers, extensions={"sni_hostname": where.host}
            ) as answer,
        ):
            status = answer.status_code
    except (TimeoutError, httpx.TimeoutException):
        return Outcome(None, "silent")
    except httpx.HTTPError:
        return Outcome(None, "unreachable")
    if 200 <= status < 300:
        return Outcome(status, "")
    return Outcome(status, "redirect" if 300 <= status < 400 else "refused")


async def _failed(session: AsyncSession, address: WebhookEndpoint, row: WebhookDelivery, now: datetime) -> None:
    address.failing_since = address.failing_since or now
    address.failures += 1
    address.rests_until = now + timedelta(seconds=STEPS[min(address.failures, len(STEPS)) - 1])
    if now - row.created_at > LONGEST:
        row.status = "failed"
    if now - address.failing_since > LONGEST:
        await _stop(session, address, now)
    elif row.status == "waiting":
        enqueue(session, "api.deliver", due_at=address.rests_until, delivery_id=row.id)


async def _stop(session: AsyncSession, address: WebhookEndpoint, now: datetime) -> None:
    """Nobody answers there any more: the person who entered it, or the owner, is asked to look."""
    address.stop("failing", now)
    record(session, SYSTEM, "api.stop_webhook", now, subject=address, url=address.url, reason="failing")
    maker = await session.get_one(Membership, (address.firm_id, address.made_by))
    here = maker.left_at is None and "owner" in maker.roles
    task = Task(
        subject_kind=SUBJECT,
        subject_id=address.id,
        title=_("%(url)s has not answered for three days", url=address.url),
        step=STEP,
        url=f"/settings/api/webhooks/{address.id}",
        role="" if here else "owner",
        created_at=now,
        due_at=now + timedelta(days=3),
    )
    await route(session, task, maker.id if here else None, now)
    session.add(task)


async def send_again(session: AsyncSession, address: WebhookEndpoint, rows: Sequence[WebhookDelivery]) -> None:
    """Try these now, whatever came of them before."""
    address.rests_until = None
    for row in rows:
        row.status = "waiting"
        enqueue(session, "api.deliver", delivery_id=row.id)


async def finish_tasks(session: AsyncSession, address_id: UUID, by: UUID | None, now: datetime) -> None:
    """The address goes on or is gone: nobody has to look at it any more."""
    mine = (of_this_firm(Task), Task.subject_kind == SUBJECT, Task.subject_id == address_id, Task.done_at.is_(None))
    await session.execute(update(Task).where(*mine).values(done_at=now, done_by=by))


async def forget(session: AsyncSession) -> None:
    """Every day: what was told, and what was answered once, is not needed for longer."""
    before = clock.now() - KEPT
    await session.execute(
        delete(WebhookDelivery).where(of_this_firm(WebhookDelivery), WebhookDelivery.created_at < before)
    )
    await session.execute(delete(ApiAnswer).where(of_this_firm(ApiAnswer), ApiAnswer.at < before))
