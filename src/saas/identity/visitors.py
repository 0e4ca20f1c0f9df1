"""Who is asking: from the cookie to the session, the person, and their membership in the firm of the address."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import Membership, Person, Session
from saas.identity.queries import session_by_hash
from saas.identity.sessions import key_of
from saas.kernel import clock, tenancy
from saas.kernel.access import Actor, permissions_of
from saas.kernel.db import Database
from saas.kernel.directory import firm_by_slug
from saas.kernel.errors import Missing
from saas.kernel.i18n import Locale
from saas.kernel.module import composition
from saas.kernel.standing import as_of
from saas.kernel.web import Authenticator, Connection, Visitor

SEEN_EVERY = timedelta(minutes=1)


def authenticator(database: Database, cookie: str) -> Authenticator:
    """The kernel's authentication provider: two short transactions, one global, one in the person's scope."""

    async def authenticate(connection: Connection, slug: str | None) -> Visitor:
        token = connection.cookies.get(cookie, "")
        now = clock.now()
        async with database.transaction(tenancy.PLATFORM) as session:
            found = await _live_session(session, token, now) if token else None
            firm = await firm_by_slug(session, slug) if slug else None
        if found is None:
            return Visitor()
        live, person = found
        if slug is None:
            return Visitor(_person(person, live), None, live.token_hash, tenancy.person(person.id))
        if firm is None:
            raise Missing()
        async with database.transaction(tenancy.person(person.id)) as session:
            member = await _membership(session, firm.id, person.id)
        if member is None:
            raise Missing()
        scope = tenancy.firm(firm.id, person.id)
        actor = member_actor(member, person, live)
        if composition().asks_qualifications:
            async with database.transaction(scope) as session:
                actor = await as_of(session, actor, now)
        return Visitor(actor, firm, live.token_hash, scope)

    return authenticate


async def _live_session(session: AsyncSession, token: str, now: datetime) -> tuple[Session, Person] | None:
    found = await session_by_hash(session, key_of(token))
    if found is None or not found[0].is_live(now) or found[0].needs_second_factor:
        return None
    live = found[0]
    if now - live.seen_at > SEEN_EVERY:
        await session.execute(update(Session).where(Session.id == live.id).values(seen_at=now))
    return found


async def _membership(session: AsyncSession, firm_id: UUID, person_id: UUID) -> Membership | None:
    member: Membership | None = await session.scalar(
        select(Membership).where(
            Membership.firm_id == firm_id, Membership.person_id == person_id, Membership.left_at.is_(None)
        )
    )
    return member


def _person(person: Person, live: Session) -> Actor:
    return Actor(
        "person",
        person.id,
        person.name,
        person.id,
        locale=_locale(person),
        theme=person.theme,
        signed_in_at=live.fresh_at,
        has_second_factor=person.has_second_factor,
    )


def member_actor(member: Membership, person: Person, live: Session | None = None) -> Actor:
    """The member as the kernel sees them: roles turned into permissions by the modules' grants."""
    return Actor(
        "member",
        member.id,
        member.name,
        person.id,
        frozenset(member.roles),
        permissions_of(member.roles, composition().grants),
        locale=_locale(person),
        theme=person.theme,
        signed_in_at=live.fresh_at if live else None,
        has_second_factor=person.has_second_factor,
    )


def _locale(person: Person) -> Locale:
    return "en" if person.locale == "en" else "zh"
