"""What clients said in public: kept with consent, published with consent, gone when consent is (R9.4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Contact
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Forbidden
from saas.kernel.i18n import _
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm
from saas.services.consent.consent_models import Consent
from saas.services.consent.consents import standing
from saas.services.sources.source_models import Review


class ReviewForm(Struct, kw_only=True):
    contact_id: UUID
    text: Annotated[str, Meta(max_length=600)]
    shown_as: Annotated[str, Meta(max_length=60)]
    said_on: date


async def of_client(session: AsyncSession, client_id: UUID) -> Sequence[Review]:
    query = select(Review).where(of_this_firm(Review), Review.client_id == client_id)
    return (await session.scalars(query.order_by(Review.recorded_at.desc()))).all()


async def review(session: AsyncSession, review_id: UUID) -> Review:
    return await own_row(session, Review, review_id, lock=True)


async def keep(session: AsyncSession, contact: Contact, given: ReviewForm, actor: Actor, now: datetime) -> Review:
    """Write down what was said; it stays inside the firm. The same words twice are one review."""
    if actor.id is None:
        raise ValueError("a person writes a review down")
    for known in await of_client(session, contact.client_id):
        if known.text == given.text and known.contact_id == contact.id:
            return known
    made = Review(client_id=contact.client_id, contact_id=contact.id, text=given.text, shown_as=given.shown_as,
                  said_on=given.said_on, recorded_by=actor.id, recorded_at=now)  # fmt: skip
    session.add(made)
    await session.flush()
    record(session, actor, "reviews.keep", now, subject=made, client_id=made.client_id, timeline=True,
           summary=given.text[:200])  # fmt: skip
    return made


async def publish(session: AsyncSession, one: Review, contact: Contact, actor: Actor, now: datetime) -> None:
    """On the firm's public page from now on. Forbidden without a consent that stands."""
    given = await standing(session, one.contact_id, "review")
    if given is None:
        raise Forbidden(_("%(contact)s has not agreed that this is published. Ask first, and write the consent down.",
                          contact=contact.name))  # fmt: skip
    if one.published_at is not None and one.withdrawn_at is None:
        return
    one.consent_id, one.published_at, one.published_by, one.withdrawn_at = given.id, now, actor.id, None
    record(session, actor, "reviews.publish", now, subject=one, client_id=one.client_id, timeline=True,
           summary=one.text[:200])  # fmt: skip
    await session.flush()


async def withdraw(session: AsyncSession, one: Review, actor: Actor, now: datetime) -> None:
    if one.withdrawn_at is None:
        one.withdrawn_at = now
        record(session, actor, "reviews.withdraw", now, subject=one, client_id=one.client_id, timeline=True,
               summary=one.text[:200])  # fmt: skip
        await session.flush()


async def public(session: AsyncSession) -> Sequence[Review]:
    """What strangers may read: published, and the consent still stands."""
    query = (
        select(Review)
        .join(Consent, (Consent.firm_id == Review.firm_id) & (Consent.id == Review.consent_id))
        .where(of_this_firm(Review), Review.published_at.is_not(None), Review.withdrawn_at.is_(None),
               Consent.revoked_at.is_(None))
        .order_by(Review.said_on.desc())
    )  # fmt: skip
    return (await session.scalars(query.limit(50))).all()
