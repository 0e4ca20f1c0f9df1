"""Writing down what was said: used by the client's page, by cases, notices and refunds alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client, Communication, Contact
from saas.kernel.access import Actor
from saas.kernel.audit import record


def log(
    session: AsyncSession,
    actor: Actor,
    client: Client,
    now: datetime,
    *,
    channel: str,
    direction: str,
    summary: str,
    contact: Contact | None = None,
    contact_name: str = "",
    at: datetime | None = None,
    result: str = "",
    files: Sequence[dict[str, Any]] = (),
    subject_kind: str = "",
    subject_id: UUID | None = None,
    addendum_to_id: UUID | None = None,
) -> Communication:
    """One exchange, for ever. `direction` is "in" (to us) or "out"; `subject_id` is the case or letter it is about."""
    entry = Communication(
        client_id=client.id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        channel=channel,
        direction=direction,
        contact_id=contact.id if contact else None,
        contact_name=contact.name if contact else contact_name,
        member_id=actor.id if actor.kind == "member" else None,
        member_name=actor.name,
        at=at or now,
        recorded_at=now,
        summary=summary,
        result=result,
        files=list(files),
        addendum_to_id=addendum_to_id,
    )
    session.add(entry)
    _put_on_timeline(session, actor, entry, now)
    return entry


def _put_on_timeline(session: AsyncSession, actor: Actor, entry: Communication, now: datetime) -> None:
    said = {"channel": entry.channel, "direction": entry.direction, "contact": entry.contact_name}
    said["summary"] = entry.summary[:200]
    client_id = entry.client_id
    record(session, actor, "clients.communicate", now, subject=entry, client_id=client_id, timeline=True, **said)
