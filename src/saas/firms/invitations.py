"""Asking colleagues to join, by a link that only their mailbox has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms import queries
from saas.firms.forms import Invite, Join
from saas.firms.models import Invitation
from saas.firms.people import show_people, unknown_roles
from saas.firms.security import address_refused
from saas.firms.sign_up import check_email
from saas.identity import sessions
from saas.identity.models import Membership, Person
from saas.identity.queries import person_by_email
from saas.identity.tokens import fingerprint, secret_for
from saas.identity.visitors import member_actor
from saas.kernel import clock, tenancy
from saas.kernel.access import ROLES
from saas.kernel.audit import record
from saas.kernel.db import acting_in
from saas.kernel.directory import Firm, firm_by_code
from saas.kernel.errors import Conflict, Missing
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _, listed, reader
from saas.kernel.identifiers import uuid7
from saas.kernel.limits import no_room, require_room
from saas.kernel.links import Gone
from saas.kernel.module import Event
from saas.kernel.outbox import enqueue
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.kernel.passwords import hash_password, weakness
from saas.kernel.perform import tell
from saas.kernel.web import PUBLIC, visitor_of

LIFE = timedelta(days=14)
PURPOSE = "invitation"


@dataclass(frozen=True, slots=True)
class Asked:
    """An open invitation as its page shows it, and who would accept it."""

    firm: Firm
    invitation: Invitation
    inviter: str
    person: Person | None  # who signs in with the invited address


@post("/f/{slug:str}/settings/people/invite", opt={"permission": "firms.people"})
async def invite(request: Req, session: Db) -> Response[Any]:
    """A second invitation to the same address takes the place of the first."""
    form, now, actor = await submitted(request, Invite), clock.now(), actor_of(request)
    check_email(form)
    if form.ok and (reason := unknown_roles(form.taken.roles, owner=False)):
        form.refuse("roles", reason)
    if form.ok and form.taken.email in {m.email for m in await queries.people(session)}:
        form.refuse("email", _("This person works here already."))
    full = await no_room(session, "members", 1 + await _invited(session, form.taken.email, now)) if form.ok else None
    if full is not None:
        form.refuse("email", full)
    if form.ok and (reason := await address_refused(session, form.taken.email)):
        form.refuse("email", reason)
    if not form.ok:
        return await show_people(request, session, form=form, status=422)
    asked = form.taken
    for earlier in await queries.open_invitations(session, asked.email):
        earlier.withdrawn_at = now
    row = Invitation(
        id=uuid7(),
        email=asked.email,
        name=asked.name,
        roles=sorted(set(asked.roles)),
        invited_by=actor.id,
        created_at=now,
        expires_at=now + LIFE,
    )
    row.secret_hash = fingerprint(secret_for(PURPOSE, row.id))
    session.add(row)
    record(session, actor, "people.invite", now, subject=row, name=row.name, email=row.email, roles=row.roles)
    enqueue(session, "firms.mail_invitation", invitation_id=row.id)
    return to("/settings/people?done=invited", request)


@post("/f/{slug:str}/settings/people/invitations/{invitation_id:uuid}/withdraw", opt={"permission": "firms.people"})
async def withdraw(request: Req, session: Db, invitation_id: FromPath[UUID]) -> Response[Any]:
    row, now = await queries.invitation(session, invitation_id), clock.now()
    if row.accepted_at is not None:
        raise Conflict(_("%(name)s has joined already. Nothing was changed.", name=row.name))
    if row.withdrawn_at is None:
        row.withdrawn_at = now
        record(session, actor_of(request), "people.withdraw", now, subject=row, name=row.name, email=row.email)
    return to("/settings/people?done=withdrawn", request)


@get("/join/{token:str}", opt={"permission": PUBLIC})
async def join_page(request: Req, session: Db, token: FromPath[str]) -> Response[str]:
    asked = await _asked(session, token, clock.now())
    return await _page(request, asked, Submitted({"name": asked.invitation.name}))


@post("/join/{token:str}", opt={"permission": PUBLIC})
async def join(request: Req, session: Db, token: FromPath[str]) -> Response[Any]:
    """Whoever has the address already joins signed in; anyone else gets an account: the mailbox is proved."""
    now = clock.now()
    asked = await _asked(session, token, now)
    if asked.person is not None:
        if visitor_of(request).actor.person_id != asked.person.id:
            return to(f"/sign-in?next=/join/{token}")
        await _enter(session, asked, asked.person, now)
        return to(f"/f/{asked.firm.slug}/work")
    form = await submitted(request, Join)
    personal = (asked.invitation.email, asked.invitation.name, asked.firm.name)
    reason = weakness(form.taken.password, personal=personal) if form.ok else None
    if reason is not None:
        form.refuse("password", reason)
    if not form.ok:
        return await _page(request, asked, form, status=422)
    person = Person(
        id=uuid7(),
        email=asked.invitation.email,
        name=form.taken.name,
        locale=reader(),
        password_hash=await hash_password(form.taken.password),
        confirmed_at=now,
        created_at=now,
    )
    session.add(person)
    await _enter(session, asked, person, now)
    answer = to(f"/f/{asked.firm.slug}/work")
    await sessions.sign_in(session, request, person, answer, now)
    return answer


async def _invited(session: AsyncSession, email: str, now: datetime) -> int:
    """How many others may still accept an invitation: their places are taken."""
    return sum(row.expires_at > now and row.email != email for row in await queries.open_invitations(session))


async def _enter(session: AsyncSession, asked: Asked, person: Person, now: datetime) -> None:
    """The membership, or the one of before for somebody who comes back."""
    async with acting_in(session, tenancy.firm(asked.firm.id, person.id)):
        row = await queries.invitation(session, asked.invitation.id, lock=True)
        if row.accepted_at is not None:
            raise Gone(_("This invitation was accepted already. Please sign in."))
        row.accepted_at = now
        member = await queries.membership_of(session, person.id)
        if member is None or member.left_at is not None:
            await require_room(session, "members")
        if member is None:
            member = Membership(id=uuid7(), person_id=person.id, joined_at=now)
            session.add(member)
        member.name, member.email, member.roles, member.left_at = person.name, person.email, list(row.roles), None
        actor = member_actor(member, person)
        record(session, actor, "people.join", now, subject=member, roles=member.roles)
        await session.flush()
        await tell(session, Event("member.joined", member, actor, now))


async def _asked(session: AsyncSession, token: str, now: datetime) -> Asked:
    """The open invitation behind a token; Missing for any other firm's, Gone when it is over."""
    code, _dot, secret = token.partition(".")
    firm = await firm_by_code(session, code)
    if firm is None:
        raise Missing()
    async with acting_in(session, tenancy.firm(firm.id)):
        query = select(Invitation).where(Invitation.firm_id == firm.id, Invitation.secret_hash == fingerprint(secret))
        row: Invitation | None = await session.scalar(query)
        inviter = await session.get(Membership, (firm.id, row.invited_by)) if row is not None else None
        refusal = await address_refused(session, row.email) if row is not None else None
    if row is None:
        raise Missing()
    if firm.suspended_at is not None:
        raise Gone(_("The operator has suspended this firm. Its data is kept; nothing can be changed."))
    if row.accepted_at is not None:
        raise Gone(_("This invitation was accepted already. Please sign in."))
    if row.withdrawn_at is not None:
        whom = inviter.name if inviter else firm.name
        raise Gone(_("This invitation was withdrawn. Please ask %(name)s.", name=whom))
    if row.expires_at <= now:
        raise Gone(_("This invitation has expired. Please ask the firm for a new one."))
    if refusal is not None:
        raise Gone(refusal)
    return Asked(firm, row, inviter.name if inviter else "", await person_by_email(session, row.email))


async def _page(request: Req, asked: Asked, form: Submitted[Any], status: int = 200) -> Response[str]:
    here = visitor_of(request).actor.person_id
    return await page(
        request,
        "firms/join.html",
        asked=asked,
        roles=listed(label for role, label in ROLES.items() if role in asked.invitation.roles),
        form=form,
        known=asked.person is not None,
        is_me=asked.person is not None and here == asked.person.id,
        somebody_else=here is not None and (asked.person is None or here != asked.person.id),
        status=status,
    )


ROUTES = [invite, withdraw, join_page, join]
