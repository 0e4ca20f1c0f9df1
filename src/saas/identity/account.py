"""One's own account: name, password, e-mail address, signed-in browsers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity import sessions, tokens
from saas.identity.browsers import browser_name
from saas.identity.forms import ChangedPassword, Details, NewAddress
from saas.identity.models import Membership, Person, Session
from saas.identity.queries import firms_of, person_by_email
from saas.identity.queries import person as person_of
from saas.identity.recovery import set_password
from saas.identity.visitors import member_actor
from saas.kernel import clock, identifiers, tenancy
from saas.kernel.access import ROLES
from saas.kernel.audit import record
from saas.kernel.db import acting_in
from saas.kernel.errors import Conflict, FreshSignInNeeded, Invalid, Missing
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _, listed, reader
from saas.kernel.outbox import enqueue_for_nobody
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.kernel.passwords import verify, weakness
from saas.kernel.standing import address_refused
from saas.kernel.web import SIGNED_IN, visitor_of

LIFE = timedelta(days=1)
DONE: dict[str, Text] = {
    "name": _("Your name is saved."),
    "password": _("Your password is changed. Your other browsers have to sign in again."),
    "mail": _("We have sent a link to the new address. It counts once the link was opened."),
    "address": _("You sign in with your new address from now on."),
    "session": _("That browser is signed out."),
    "sessions": _("All other browsers are signed out."),
    "factor_off": _("The second factor is removed."),
}


@get("/account", opt={"permission": SIGNED_IN})
async def account(request: Req, session: Db, done: FromQuery[str] = "") -> Response[str]:
    return await show(request, session, done=done)


@post("/account/name", opt={"permission": SIGNED_IN})
async def change_name(request: Req, session: Db) -> Response[Any]:
    """The name of new records in every firm; what was signed before keeps its name."""
    form = await submitted(request, Details)
    if not form.ok:
        return await show(request, session, form=form, status=422)
    person = await me(request, session)
    if form.taken.name != person.name:
        person.name = form.taken.name
        await _tell_firms(session, person, "people.rename", "name", person.name)
    return to("/account?done=name")


@post("/account/password", opt={"permission": SIGNED_IN})
async def change_password(request: Req, session: Db) -> Response[Any]:
    form, person, now = await submitted(request, ChangedPassword), await me(request, session), clock.now()
    if form.ok:
        reason = weakness(form.taken.password, personal=(person.email, person.name))
        if not await verify(form.taken.current, person.password_hash):
            form.refuse("current", _("That is not your present password."))
        elif reason is not None:
            form.refuse("password", reason)
    if not form.ok:
        return await show(request, session, form=form, status=422)
    await set_password(session, person, form.taken.password)
    await sessions.end_all(session, person.id, now, but=visitor_of(request).session_key)
    return to("/account?done=password")


@post("/account/email", opt={"permission": SIGNED_IN})
async def change_email(request: Req, session: Db) -> Response[Any]:
    """A link goes to the new address; whether somebody has it already is not told here."""
    form, now = await submitted(request, NewAddress), clock.now()
    try:
        email = identifiers.email(form.taken.email).lower() if form.ok else ""
    except Invalid as error:
        form.refuse("email", error.reason)
    if not form.ok:
        return await show(request, session, form=form, status=422)
    if not actor_of(request).is_fresh(now):
        raise FreshSignInNeeded()
    person = await me(request, session)
    if reason := await _refused_by_firm(session, person, email):
        form.refuse("email", reason)
        return await show(request, session, form=form, status=422)
    row = tokens.issue(session, "email", now, LIFE, person_id=person.id, email=email, old=person.email)
    await enqueue_for_nobody(session, "identity.mail_new_address", confirmation_id=row.id)
    return to("/account?done=mail")


@get("/account/email/{token:str}", opt={"permission": SIGNED_IN})
async def confirm_email_page(request: Req, session: Db, token: FromPath[str]) -> Response[str]:
    row = await tokens.follow(session, "email", token, clock.now())
    if row.person_id != actor_of(request).person_id:
        raise Missing()
    return await page(request, "identity/confirm_email.html", email=row.payload["email"])


@post("/account/email/{token:str}", opt={"permission": SIGNED_IN})
async def confirm_email(request: Req, session: Db, token: FromPath[str]) -> Response[Any]:
    now = clock.now()
    row, person = await tokens.follow(session, "email", token, now), await me(request, session)
    if row.person_id != person.id or await person_by_email(session, row.payload["email"]) is not None:
        raise Missing()
    if reason := await _refused_by_firm(session, person, row.payload["email"]):
        raise Conflict(reason)
    row.used_at = now
    row.payload = {**row.payload, "old": person.email}
    person.email = str(row.payload["email"])
    await _tell_firms(session, person, "people.change_email", "email", person.email)
    await enqueue_for_nobody(session, "identity.mail_old_address", confirmation_id=row.id)
    await sessions.end_all(session, person.id, now, but=visitor_of(request).session_key)
    return to("/account?done=address")


@post("/account/sessions/{session_id:uuid}/end", opt={"permission": SIGNED_IN})
async def end_session(request: Req, session: Db, session_id: FromPath[UUID]) -> Response[Any]:
    row = await session.get(Session, session_id)
    if row is None or row.person_id != actor_of(request).person_id:
        raise Missing()
    row.ended_at = row.ended_at or clock.now()
    return to("/account?done=session")


@post("/account/sessions/end", opt={"permission": SIGNED_IN})
async def end_other_sessions(request: Req, session: Db) -> Response[Any]:
    person = await me(request, session)
    await sessions.end_all(session, person.id, clock.now(), but=visitor_of(request).session_key)
    return to("/account?done=sessions")


async def me(request: Req, session: AsyncSession, *, lock: bool = False) -> Person:
    """The person of this request."""
    person_id = actor_of(request).person_id
    if person_id is None:
        raise Missing()
    return await person_of(session, person_id, lock=lock)


async def show(
    request: Req, session: AsyncSession, *, form: Submitted[Any] | None = None, done: str = "", status: int = 200
) -> Response[str]:
    person, key = await me(request, session), visitor_of(request).session_key
    found = await sessions.of_person(session, person.id, clock.now())
    return await page(
        request,
        "identity/account.html",
        person=person,
        form=form or Submitted({"name": person.name}),
        done=DONE.get(done, ""),
        sessions=[_line(s, here=s.token_hash == key) for s in found],
        firm_rows=[
            {
                "label": firm.name_in(reader()),
                "note": roles_in_words(member),
                "value": "",
                "url": f"/f/{firm.slug}/work",
            }
            for member, firm in await firms_of(session, person.id)
        ]
        + [{"label": _("Create another firm"), "note": "", "value": "", "url": "/firms"}],
        codes_left=len(person.recovery_hashes),
        status=status,
    )


def _line(row: Session, *, here: bool) -> dict[str, Any]:
    """A signed-in browser as the list shows it."""
    return {
        "id": row.id,
        "browser": browser_name(row.browser),
        "address": row.address,
        "seen": row.seen_at,
        "since": row.created_at,
        "here": here,
    }


def roles_in_words(member: Membership) -> str:
    return listed(label for role, label in ROLES.items() if role in member.roles)


async def _refused_by_firm(session: AsyncSession, person: Person, email: str) -> Text | None:
    """Why one of their firms does not take this address; None where all do."""
    for _member, firm in await firms_of(session, person.id):
        async with acting_in(session, tenancy.firm(firm.id, person.id)):
            reason = await address_refused(session, email)
        if reason is not None:
            return _("%(firm)s: %(reason)s", firm=firm.name_in(reader()), reason=reason)
    return None


async def _tell_firms(session: AsyncSession, person: Person, deed: str, field: str, value: str) -> None:
    """A person's new name or address, as each of their firms knows them and writes it down."""
    for member, firm in await firms_of(session, person.id):
        async with acting_in(session, tenancy.firm(firm.id, person.id)):
            actor, before = member_actor(member, person), getattr(member, field)
            setattr(member, field, value)
            record(session, actor, deed, clock.now(), subject=member, before=before, after=value)


ROUTES = [
    account,
    change_name,
    change_password,
    change_email,
    confirm_email_page,
    confirm_email,
    end_session,
    end_other_sessions,
]
