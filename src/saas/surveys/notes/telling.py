"""The note on its way: once to each contact whose answer it cites, within their hours, and on the client's timeline."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.clients.reach import welcome_at
from saas.kernel import clock
from saas.kernel.access import SYSTEM, Actor
from saas.kernel.audit import record
from saas.kernel.calendar import hours
from saas.kernel.i18n import _
from saas.kernel.outbox import enqueue
from saas.notices.messages import MessageKind, Recipient, Words, register_message
from saas.notices.models import Delivery
from saas.notices.sending import send_message
from saas.surveys import queries as surveys
from saas.surveys.models import ClientNote, NoteRecipient
from saas.surveys.notes import queries

WELCOME = hours("09:00-12:00, 14:00-18:00")  # where the contact named no hours of their own
LIFE = timedelta(days=60)


async def write(session: AsyncSession, actor: Actor, note: ClientNote, survey_ids: Collection[UUID]) -> int:
    """Keep the note and promise it to each contact once; how many will get it.

    It answers what they wrote themselves, so that no consent is asked for; who left or whose client was merged away
    gets nothing.
    """
    session.add(note)
    await session.flush()
    told: set[UUID] = set()
    for survey in (await surveys.surveys(session, survey_ids)).values():
        if survey.contact_id is None or survey.contact_id in told:
            continue
        contact = await clients.contact(session, survey.contact_id)
        if contact.left_at is not None:
            continue
        told.add(contact.id)
        row = NoteRecipient(note_id=note.id, survey_id=survey.id, contact_id=contact.id, client_id=survey.client_id)
        session.add(row)
        await session.flush()
        due_at = welcome_at(contact.hours, note.written_at, WELCOME)
        enqueue(session, "surveys.tell", due_at=due_at, recipient_id=row.id)
    record(session, actor, "surveys.note", note.written_at, subject=note, summary=note.did[:200], told=len(told))
    return len(told)


async def tell(session: AsyncSession, recipient_id: str) -> None:
    """The job for one contact; run again it sends nothing twice."""
    row = await queries.recipient(session, UUID(recipient_id))
    contact, now = await clients.contact(session, row.contact_id), clock.now()
    if row.sent_at is not None or contact.left_at is not None:
        return
    note = await queries.note_or_none(session, row.note_id)
    sent = await send_message(session, kind=MESSAGE.name, subject_id=row.id, contact=contact, purpose="survey_note",
                              now=now, life=LIFE)  # fmt: skip
    if sent is None or note is None:
        return
    row.delivery_id, row.sent_at = sent.id, now
    _write_down(session, note, row, now)
    await session.flush()


def _write_down(session: AsyncSession, note: ClientNote, row: NoteRecipient, now: datetime) -> None:
    record(session, SYSTEM, "surveys.told", now, subject=row, client_id=row.client_id, timeline=True,
           summary=note.did[:200])  # fmt: skip


async def compose(session: AsyncSession, delivery: Delivery, to: Recipient) -> Words:
    row = await queries.recipient(session, delivery.subject_id)
    note = await queries.note_or_none(session, row.note_id)
    words = _("You said it, we did it")
    return Words(words, words, {"note": note})


MESSAGE = register_message(MessageKind("survey_note", "mail/surveys/note", compose))
