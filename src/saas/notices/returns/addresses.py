"""Addresses whose mail comes back: shown where the next letter is written, and given to a person to correct."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Contact
from saas.kernel.i18n import Text, _
from saas.kernel.module import Event
from saas.kernel.pages import show_datetime
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm
from saas.notices.models import Delivery
from saas.notices.returns.subjects import Subject
from saas.tasks.models import Task
from saas.tasks.routing import route

SOFT_IS_HARD = 3  # so many soft ones in a row are as good as a hard one
ROOM = 200  # of the latest deliveries that are looked at


async def held(session: AsyncSession, recipients: Collection[str]) -> Mapping[str, Delivery]:
    """Address → the delivery that came back, for each that mail should not go to before somebody corrected it.

    The latest mail decides: a hard bounce, or three soft ones with nothing between them that was read.
    """
    query = select(Delivery).where(
        of_this_firm(Delivery),
        Delivery.recipient.in_([address for address in recipients if address]),
        Delivery.channel == "email",
        Delivery.status.in_(("bounced", "delivered")),
    )
    latest = (await session.scalars(query.order_by(Delivery.created_at.desc()).limit(ROOM))).all()
    by_address: dict[str, list[Delivery]] = {}
    for delivery in latest:
        by_address.setdefault(delivery.recipient, []).append(delivery)
    return {address: mine[0] for address, mine in by_address.items() if is_held(mine)}


def is_held(latest: Sequence[Delivery]) -> bool:
    """Whether these deliveries to one address, the newest first, say that it should be corrected."""
    if latest[0].status != "bounced":
        return False
    in_a_row = latest[:SOFT_IS_HARD]
    return latest[0].bounced != "soft" or (len(in_a_row) == SOFT_IS_HARD and all(d.bounced for d in in_a_row))


async def ask_to_correct(session: AsyncSession, delivery: Delivery, about: Subject, now: datetime) -> None:
    """A task for whose matter it is, one open at a time; where the record's own module asks already, none."""
    if about.reacts:
        return
    step = correcting(delivery.contact_name, delivery.recipient)
    subject_id = about.id or about.client.id
    if await _is_open(session, subject_id, step):
        return
    calendar = await calendar_of(session)
    task = Task(
        subject_kind=about.kind or "client",
        subject_id=subject_id,
        client_id=about.client.id,
        title=about.title if isinstance(about.title, Text) else _("%(title)s", title=about.title),
        step=step,
        url=f"/clients/{about.client.id}",
        role="" if about.owner_id else "bookkeeper",
        created_at=now,
        due_at=calendar.add_minutes(now, calendar.minutes_per_day)[0],
    )
    await route(session, task, about.owner_id, now)
    session.add(task)
    await session.flush()


def correcting(name: str, address: str) -> Text:
    return _("Correct the e-mail address of %(name)s: mail to %(address)s came back", name=name, address=address)


async def corrected(session: AsyncSession, event: Event) -> None:
    """The address is another now, or its contact has left: whoever was asked to correct it has nothing left to do."""
    contact: Contact = event.row
    asked = correcting(contact.name, event.detail["address"])
    mine = (of_this_firm(Task), Task.client_id == contact.client_id, Task.workflow == "", Task.done_at.is_(None))
    for task in (await session.scalars(select(Task).where(*mine))).all():
        if task.step.msgid == asked.msgid and task.step.params.get("address") == asked.params["address"]:
            task.finish(event.now, event.actor.id if event.actor.kind == "member" else None)


async def came_back(session: AsyncSession, people: Sequence[Contact]) -> list[dict[str, Any]]:
    """Those of these people whose mail came back the last time, for the form by which one would write to them."""
    found = await held(session, [contact.email for contact in people])
    returned = [(contact, found[contact.email]) for contact in people if contact.email in found]
    return [
        {"name": contact.name, "address": contact.email, "reason": mail.reply, "at": show_datetime(mail.sent_at)}
        for contact, mail in returned
    ]


async def _is_open(session: AsyncSession, subject_id: UUID, step: Text) -> bool:
    query = select(Task.step).where(of_this_firm(Task), Task.subject_id == subject_id, Task.done_at.is_(None))
    return any(known == step for known in (await session.scalars(query)).all())
