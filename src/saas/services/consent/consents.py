"""Giving and taking back consent. Nothing is shared, sent or published under one that does not stand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Contact
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.i18n import Text, _
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm
from saas.services.consent.consent_models import Consent

PURPOSES: dict[str, Text] = {
    "care": _("Friendly reminders"),
    "share": _("Handing the name on to a partner"),
    "review": _("Publishing what was said"),
}


class ConsentForm(Struct, kw_only=True):
    """What was agreed, in the words agreed on; `partner_id` for sharing only."""

    contact_id: UUID
    purpose: Literal["care", "share", "review"]
    way: Literal["visit", "phone", "wechat", "email", "paper"]
    what: Annotated[str, Meta(max_length=400)]
    given_at: datetime | None = None
    partner_id: UUID | None = None


class Revoked(Struct):
    way: Literal["visit", "phone", "wechat", "email", "paper"]


async def of_client(session: AsyncSession, client_id: UUID) -> Sequence[Consent]:
    """Every consent of a client's contacts, those that stand first, then the latest."""
    query = select(Consent).where(of_this_firm(Consent), Consent.client_id == client_id)
    return (await session.scalars(query.order_by(Consent.revoked_at.desc().nulls_first(),
                                                 Consent.given_at.desc()))).all()  # fmt: skip


async def consent(session: AsyncSession, consent_id: UUID) -> Consent:
    return await own_row(session, Consent, consent_id, lock=True)


async def standing(session: AsyncSession, contact_id: UUID, purpose: str, partner: str = "") -> Consent | None:
    """The consent that stands now, locked until the transaction ends: nobody takes it back in between."""
    query = select(Consent).where(
        of_this_firm(Consent), Consent.contact_id == contact_id, Consent.purpose == purpose,
        Consent.partner == partner, Consent.revoked_at.is_(None),
    )  # fmt: skip
    found: Consent | None = await session.scalar(query.with_for_update())
    return found


async def count(session: AsyncSession, purpose: str) -> int:
    """Contacts whose consent for this stands."""
    query = select(Consent.contact_id).where(
        of_this_firm(Consent), Consent.purpose == purpose, Consent.revoked_at.is_(None)
    )
    return len(set((await session.scalars(query)).all()))


async def give(session: AsyncSession, contact: Contact, given: ConsentForm, actor: Actor, now: datetime) -> Consent:
    """Write down a yes. One that stands already is kept as it is."""
    partner = str(given.partner_id) if given.purpose == "share" and given.partner_id else ""
    known = await standing(session, contact.id, given.purpose, partner)
    if known is not None:
        return known
    made = Consent(
        client_id=contact.client_id, contact_id=contact.id, purpose=given.purpose, partner=partner, what=given.what,
        way=given.way, given_at=given.given_at or now, recorded_by=actor.id if actor.kind == "member" else None,
    )  # fmt: skip
    session.add(made)
    await session.flush()
    record(session, actor, "consents.give", now, subject=made, client_id=made.client_id, timeline=True,
           summary=f"{contact.name}: {given.what}"[:300], purpose=given.purpose, way=given.way)  # fmt: skip
    return made


async def revoke(session: AsyncSession, made: Consent, way: str, actor: Actor, now: datetime) -> None:
    """From now on it counts no longer; what was done under it stays on record. Once."""
    if made.revoked_at is not None:
        return
    made.revoked_at, made.revoked_way = now, way
    made.revoked_by = actor.id if actor.kind == "member" else None
    record(session, actor, "consents.revoke", now, subject=made, client_id=made.client_id, timeline=True,
           summary=made.what[:300], purpose=made.purpose, way=way)  # fmt: skip
    await session.flush()
