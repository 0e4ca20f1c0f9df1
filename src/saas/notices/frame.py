"""The frame of a letter: who sends it and to whom. Live for a draft; approval freezes it into the content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.clients.models import Client, Contact
from saas.firms.branding import picture_url
from saas.firms.choices import chosen
from saas.firms.models import FirmProfile
from saas.firms.queries import profile as profile_of
from saas.identity.models import Membership
from saas.identity.queries import members_by_id
from saas.kernel import clock, tenancy
from saas.kernel.directory import Firm
from saas.kernel.i18n import Text, _
from saas.kernel.link_entrance import Face
from saas.notices import queries
from saas.notices.models import Notice
from saas.notices.tiers import tier_of


@dataclass(frozen=True, slots=True)
class Frame:
    """Sender, addressee and the contacts a letter goes to."""

    profile: FirmProfile
    firm: Firm
    client: Client
    recipients: list[Contact]
    tier: str = ""  # of the client today: its words go before those for everybody (notices/phrases.py)

    @property
    def missing(self) -> list[Text]:
        """What a letter cannot do without and the register of firm or client does not say."""
        needed = {
            _("licence number of your firm"): self.profile.licence_number,
            _("unified social credit code of the client"): self.client.uscc,
            _("a contact of the client who may approve"): self.recipients,
        }
        return [label for label, value in needed.items() if not value]

    def mark(self, on: date) -> str:
        """The firm's short mark in serials: its own choice of that day, else the first character of its name."""
        return str(chosen(self.profile, "letter_mark", on) or self.profile.name[:1])

    def sender(self) -> dict[str, Any]:
        p = self.profile
        return {
            "name": p.name,
            "name_en": p.name_en,
            "licence": p.licence_number,
            "address": p.address,
            "address_en": p.address_en,
            "phone": p.phone,
            "email": p.email,
            "logo_sha256": p.logo_sha256,
            "seal_sha256": p.seal_sha256,
            "accent": chosen(p, "accent_colour"),
        }

    def addressee(self) -> dict[str, Any]:
        c = self.client
        first = self.recipients[0] if self.recipients else None
        return {
            "name": c.name,
            "name_en": c.name_en,
            "uscc": c.uscc,
            "standard": c.standard,
            "person": f"{first.name} {first.title}".strip() if first else "",
        }


async def frame_of(session: AsyncSession, notice: Notice) -> Frame:
    """Everything around a letter, as the firm and its client are now."""
    client = await clients.client(session, notice.client_id)
    while client.merged_into_id is not None:
        client = await clients.client(session, client.merged_into_id)
    return Frame(
        await profile_of(session),
        await queries.firm(session),
        client,
        await recipients(session, client, notice.content.get("recipients", [])),
        await tier_of(session, client.id, clock.today()),
    )


async def recipients(session: AsyncSession, client: Client, chosen: list[str]) -> list[Contact]:
    """The contacts whose yes counts, then the others that were chosen."""
    wanted = {UUID(contact_id) for contact_id in chosen}
    return [c for c in await clients.contacts(session, client.id) if c.may_approve or c.id in wanted]


async def head_name(session: AsyncSession, profile: FirmProfile) -> str:
    """Whoever the firm names as its head, else its owner."""
    if profile.head_name:
        return profile.head_name
    owner = select(Membership.name).where(
        Membership.firm_id == tenancy.current_firm_id(), Membership.is_owner, Membership.left_at.is_(None)
    )
    return await session.scalar(owner) or ""


async def face_of(session: AsyncSession, firm: Firm) -> Face:
    """The firm as its client's contacts see it on pages and in mails."""
    profile = await profile_of(session)
    return Face(
        profile.name or firm.name,
        profile.name_en or firm.name_en,
        profile.licence_number,
        profile.phone,
        profile.email,
        (profile.name or firm.name)[:1],
        picture_url(firm, profile.logo_sha256),
        chosen(profile, "accent_colour"),
    )


async def author_name(session: AsyncSession, author_id: UUID) -> str:
    members = await members_by_id(session)
    return members[author_id].name if author_id in members else ""
