"""Signed-in browsers: opened with an id only we could have issued, listed, revoked."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from litestar import Response
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity import attempts
from saas.identity.models import Person, Session
from saas.identity.queries import memberships, session_by_hash
from saas.kernel.pages import Req
from saas.kernel.web import cookie, visitor_of

KEPT = timedelta(days=185)  # sign-ins, for whoever asks what happened: the Cybersecurity Law wants six months
PENDING = timedelta(minutes=10)  # between the password and the second factor


def open_session(
    session: AsyncSession, person: Person, now: datetime, *, address: str, browser: str, needs_second_factor: bool
) -> str:
    """A new session; returns the cookie's value, of which only a hash is kept."""
    token = secrets.token_urlsafe(32)
    session.add(
        Session(
            token_hash=key_of(token),
            person_id=person.id,
            created_at=now,
            seen_at=now,
            fresh_at=None if needs_second_factor else now,
            needs_second_factor=needs_second_factor,
            address=address,
            browser=browser[:200],
        )
    )
    return token


async def sign_in(
    session: AsyncSession, request: Req, person: Person, answer: Response[None], now: datetime, *, pending: bool = False
) -> None:
    """Give this browser a new session; the one it had, whoever's, is over."""
    before = request.cookies.get(request.app.state.door.session_cookie, "")
    await session.execute(update(Session).where(Session.token_hash == key_of(before)).values(ended_at=now))
    forgotten = (Session.person_id == person.id, Session.created_at < now - KEPT)
    await session.execute(delete(Session).where(*forgotten))
    token = open_session(
        session,
        person,
        now,
        address=attempts.address(request),
        browser=request.headers.get("user-agent", ""),
        needs_second_factor=pending,
    )
    answer.set_cookie(cookie(request.app.state.door.session_cookie, token, request.app.state.door))


async def pending(session: AsyncSession, request: Req, now: datetime) -> tuple[Session, Person] | None:
    """The session of this browser that has passed the password and waits for the second factor, locked."""
    token = request.cookies.get(request.app.state.door.session_cookie, "")
    found = await session_by_hash(session, key_of(token), lock=True)
    if found is None or not found[0].needs_second_factor or found[0].ended_at is not None:
        return None
    return found if now - found[0].created_at <= PENDING else None


async def freshen(session: AsyncSession, request: Req, now: datetime) -> None:
    """The person proved again that it is them."""
    key = visitor_of(request).session_key
    await session.execute(update(Session).where(Session.token_hash == key).values(fresh_at=now))


async def end_all(session: AsyncSession, person_id: UUID, now: datetime, *, but: str = "") -> None:
    """Every session of a person is over at once, except the one with this key."""
    query = update(Session).where(Session.person_id == person_id, Session.ended_at.is_(None))
    await session.execute(query.where(Session.token_hash != but).values(ended_at=now))


async def of_person(session: AsyncSession, person_id: UUID, now: datetime) -> list[Session]:
    """The live sessions, the one used last first. Runs in the person's scope."""
    query = select(Session).where(Session.person_id == person_id, Session.ended_at.is_(None))
    found = (await session.scalars(query.order_by(Session.seen_at.desc()))).all()
    _members, length = await memberships(session, person_id)
    return [s for s in found if s.is_live(now, length) and not s.needs_second_factor]


def key_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()
