"""Partners, where each client came from, and a name handed on: only with the contact's consent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.communication import log
from saas.clients.models import Client, Contact
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict, Forbidden, Invalid
from saas.kernel.i18n import Text, _
from saas.kernel.money import Money
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm
from saas.services.consent.consents import standing
from saas.services.sources.source_models import HandOn, Origin, Partner

Line = Annotated[str, Meta(max_length=120)]
KINDS: dict[str, Text] = {
    "law": _("Law firm"),
    "agency": _("Registration agency"),
    "bank": _("A bank"),
    "software": _("Software house"),
    "property": _("Office park"),
    "other": _("Other"),
}
COMMISSIONS: dict[str, Text] = {
    "none": _("no commission"),
    "share": _("share of the first year’s fee"),
    "fixed": _("fixed amount for each client"),
}


class PartnerForm(Struct, kw_only=True):
    """`permille`: 50 is five percent of the first year's fee."""

    name: Line
    kind: Literal["law", "agency", "bank", "software", "property", "other"]
    contact: Line = ""
    phone: Annotated[str, Meta(max_length=30)] = ""
    email: Annotated[str, Meta(max_length=254)] = ""
    contract_number: Line = ""
    contract_from: date | None = None
    contract_until: date | None = None
    commission: Literal["none", "share", "fixed"] = "none"
    commission_permille: Annotated[int, Meta(ge=0, le=1000)] = 0
    commission_fixed: Money | None = None
    terms: Annotated[str, Meta(max_length=1000)] = ""


class OriginForm(Struct, kw_only=True):
    source: Literal["client", "partner", "own", "platform", "walk_in", "other"]
    referrer_id: UUID | None = None
    partner_id: UUID | None = None
    words: Line = ""


class HandOnForm(Struct, kw_only=True):
    contact_id: UUID
    partner_id: UUID
    what: Annotated[str, Meta(max_length=400)]


async def partners(session: AsyncSession) -> Sequence[Partner]:
    query = select(Partner).where(of_this_firm(Partner))
    return (await session.scalars(query.order_by(Partner.ended_at.is_not(None), Partner.name))).all()


async def partner(session: AsyncSession, partner_id: UUID) -> Partner:
    return await own_row(session, Partner, partner_id)


async def save(
    session: AsyncSession, given: PartnerForm, actor: Actor, now: datetime, one: Partner | None = None
) -> Partner:
    """A new partner, or another content of one. A name that another partner has is refused."""
    query = select(Partner).where(of_this_firm(Partner), Partner.name == given.name)
    named = await session.scalar(query)
    if named is not None and one is None:
        return named
    if named is not None and one is not None and named.id != one.id:
        raise Conflict(_("Another partner already has this name."))
    made = one or Partner(made_at=now, made_by=actor.id)
    for name in PartnerForm.__struct_fields__:
        setattr(made, name, getattr(given, name))
    session.add(made)
    record(session, actor, "partners.save", now, subject=made if one else None, summary=given.name)
    await session.flush()
    return made


async def end(session: AsyncSession, one: Partner, actor: Actor, now: datetime) -> None:
    """Nothing new is handed on; what was stays on record."""
    if one.ended_at is None:
        one.ended_at = now
        record(session, actor, "partners.end", now, subject=one, summary=one.name)
        await session.flush()


async def origin(session: AsyncSession, client_id: UUID) -> Origin | None:
    found: Origin | None = await session.scalar(
        select(Origin).where(of_this_firm(Origin), Origin.client_id == client_id)
    )
    return found


async def set_origin(session: AsyncSession, client: Client, given: OriginForm, actor: Actor, now: datetime) -> None:
    """How the client came. Invalid where the client or the partner behind it is not named."""
    referrer = given.referrer_id if given.source == "client" else None
    through = given.partner_id if given.source == "partner" else None
    if given.source == "partner" and through is None:
        raise Invalid(_("Choose the partner it came through."))
    if given.source == "client" and (referrer is None or referrer == client.id):
        raise Invalid(_("Choose the client who recommended us: another one than this."))
    if through is not None:
        await partner(session, through)
    row = await origin(session, client.id) or Origin(client_id=client.id)
    if (row.source, row.referrer_id, row.partner_id, row.words) == (given.source, referrer, through, given.words):
        return
    row.source, row.referrer_id, row.partner_id, row.words = given.source, referrer, through, given.words
    row.recorded_by, row.recorded_at = actor.id if actor.kind == "member" else None, now
    session.add(row)
    record(session, actor, "services.origin", now, subject=client, client_id=client.id, timeline=True,
           summary=given.source, reason=given.words)  # fmt: skip
    await session.flush()


async def hand_on(
    session: AsyncSession, client: Client, contact: Contact, one: Partner, what: str, actor: Actor, now: datetime
) -> HandOn:
    """Give the name to a partner, under the contact's consent for this partner. Once for each consent."""
    if actor.id is None:
        raise ValueError("a person hands a name on")
    if one.ended_at is not None:
        raise Conflict(_("We do not work with this partner any more."))
    given = await standing(session, contact.id, "share", str(one.id))
    if given is None:
        raise Forbidden(_("%(contact)s has not agreed that their name goes to %(partner)s. Ask first, and write the "
                          "consent down.", contact=contact.name, partner=one.name))  # fmt: skip
    known: HandOn | None = await session.scalar(
        select(HandOn).where(of_this_firm(HandOn), HandOn.consent_id == given.id)
    )
    if known is not None:
        return known
    made = HandOn(client_id=client.id, contact_id=contact.id, partner_id=one.id, consent_id=given.id, what=what,
                  at=now, by=actor.id)  # fmt: skip
    session.add(made)
    record(session, actor, "partners.hand_on", now, subject=client, client_id=client.id, timeline=True,
           summary=f"{contact.name} → {one.name}", reason=what)  # fmt: skip
    said = str(_("With their consent the name was given to %(partner)s: %(what)s", partner=one.name, what=what))
    log(session, actor, client, now, channel="email", direction="out", contact=contact, summary=said)
    await session.flush()
    return made


async def handed_on(session: AsyncSession, *, client_id: UUID | None = None) -> Sequence[HandOn]:
    query = select(HandOn).where(of_this_firm(HandOn)).order_by(HandOn.at.desc())
    if client_id is not None:
        query = query.where(HandOn.client_id == client_id)
    return (await session.scalars(query.limit(200))).all()


async def brought(session: AsyncSession) -> dict[UUID, int]:
    """How many clients came through each partner."""
    query = select(Origin.partner_id, func.count()).where(of_this_firm(Origin), Origin.partner_id.is_not(None))
    found = (await session.execute(query.group_by(Origin.partner_id))).all()
    return {partner_id: times for partner_id, times in found if partner_id is not None}
