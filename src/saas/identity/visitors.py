"""Who is asking: from the cookie to the session, the person, and their membership in the firm of the address."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import Length, Membership, Person, Session
from saas.identity.queries import arrival, memberships
from saas.identity.sessions import key_of
from saas.kernel import clock, tenancy
from saas.kernel.access import Actor
from saas.kernel.db import Database
from saas.kernel.directory import Firm
from saas.kernel.errors import Missing
from saas.kernel.i18n import Locale
from saas.kernel.module import composition
from saas.kernel.support import admitted
from saas.kernel.web import Authenticator, Connection, Visitor

SEEN_EVERY = timedelta(minutes=1)


def authenticator(database: Database, cookie: str) -> Authenticator:
    """The kernel's authentication provider: one short transaction, in which the session found gives the scope."""

    async def authenticate(connection: Connection, slug: str | None) -> Visitor:
        token, now = connection.cookies.get(cookie, ""), clock.now()
        if not token:
            return Visitor()
        async with database.transaction(tenancy.PLATFORM) as session:
            found = await arrival(session, key_of(token), slug)
            if found is None or not found[0].is_live(now) or found[0].needs_second_factor:
                return Visitor()
            live, person, firm = found
            with tenancy.within(tenancy.person(person.id)):
                members, length = await memberships(session, person.id)
                if not await _goes_on(session, live, length, now):
                    return Visitor()
        if slug is None:
            return Visitor(_person(person, live), None, live.token_hash, tenancy.person(person.id))
        member = members.get(firm.id) if firm is not None else None
        if firm is None or member is None:
            return await _supporting(database, firm, person, live, now)
        return Visitor(member_actor(member, person, live), firm, live.token_hash, tenancy.firm(firm.id, person.id))

    return authenticate


async def _supporting(database: Database, firm: Firm | None, person: Person, live: Session, now: datetime) -> Visitor:
    """An operator whom the firm lets in; for everybody else it does not exist."""
    found = await admitted(database, firm.id if firm is not None else None, person.id, now)
    if firm is None or found is None or not person.has_second_factor:
        raise Missing()
    actor = replace(
        _person(person, live),
        kind="member",
        id=found.member_id,
        roles=found.roles,
        permissions=found.permissions,
        support_until=found.until,
        support_writes=found.writes,
    )
    return Visitor(actor, firm, live.token_hash, tenancy.firm(firm.id, person.id))


async def _goes_on(session: AsyncSession, live: Session, length: Length, now: datetime) -> bool:
    """Whether the person's firms let it go on. One that is over stays over, whatever they ask for later."""
    if not live.is_live(now, length):
        await session.execute(update(Session).where(Session.id == live.id).values(ended_at=now))
        return False
    if now - live.seen_at > SEEN_EVERY:
        await session.execute(update(Session).where(Session.id == live.id).values(seen_at=now))
    return True


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
        composition().permissions_of(frozenset(member.roles)),
        locale=_locale(person),
        theme=person.theme,
        signed_in_at=live.fresh_at if live else None,
        has_second_factor=person.has_second_factor,
    )


def _locale(person: Person) -> Locale:
    return "en" if person.locale == "en" else "zh"
