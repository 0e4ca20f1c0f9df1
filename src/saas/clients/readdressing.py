"""A contact's e-mail address is another, or nobody's any more: told, so that nobody goes on correcting it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Contact
from saas.kernel.access import Actor
from saas.kernel.module import Event
from saas.kernel.perform import tell


async def follow_address(session: AsyncSession, contact: Contact, before: str, actor: Actor, now: datetime) -> None:
    """Call after the change, with the address that stood there before."""
    if before and (before != contact.email or contact.left_at is not None):
        await tell(session, Event("contact.readdressed", contact, actor, now, {"address": before}))
