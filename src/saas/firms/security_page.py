"""Settings, “Security”: what the firm asks of its people's sign-in, who does not meet it yet, and what was found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms import audit_queries, queries, security
from saas.firms.forms import SecurityForm
from saas.firms.notifications import notify
from saas.firms.security import HOURS_OPTIONS, IDLE_OPTIONS, Security
from saas.firms.security_view import chosen_roles, in_words, not_by, people, typed
from saas.firms.tabs import settings_tabs
from saas.identity import sessions
from saas.identity.queries import member as member_of
from saas.identity.queries import open_sessions
from saas.kernel import clock, sealing
from saas.kernel.access import ROLES
from saas.kernel.audit import record
from saas.kernel.errors import Forbidden, FreshSignInNeeded, Invalid
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.module import composition
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.kernel.standing import require_second_factor

PATH = "/f/{slug:str}/settings/security"
LOOKED_BACK = timedelta(days=30)
DONE: dict[str, Text] = {
    "saved": _("Saved. It counts from now on, for everybody in the firm."),
    "signed_out": _("Every browser of this person is signed out."),
}


@get(PATH, opt={"permission": "firms.security"})
async def show_security(request: Req, session: Db, done: FromQuery[str] = "") -> Response[str]:
    return await _show(request, session, done=done)


@post(PATH, opt={"permission": "firms.secure"})
async def save(request: Req, session: Db) -> Response[Any]:
    """Counts at once. Whoever changes the rules meets those that are in force, and has just signed in."""
    form, now, actor = await submitted(request, SecurityForm), clock.now(), actor_of(request)
    await require_second_factor(session, actor)
    if not actor.is_fresh(now):
        raise FreshSignInNeeded()
    profile, firm = await queries.profile(session), await queries.firm(session)
    wanted = await _wanted(session, form) if form.ok else None
    if wanted is None:
        return await _show(request, session, form=form, status=422)
    changed = security.of(profile, firm).changed_to(wanted)
    if changed:
        security.put(profile, firm, wanted)
        record(session, actor, "firms.secure", now, subject=profile, changed=changed)
        owner, text = (
            await queries.owner(session),
            _("%(name)s changed what the firm asks for security.", name=actor.name),
        )
        await notify(session, [owner.id], "security", text, "/settings/security", now)
    return to("/settings/security?done=saved", request)


@post(f"{PATH}/people/{{member_id:uuid}}/sign-out", opt={"permission": "firms.people"})
async def sign_out(request: Req, session: Db, member_id: FromPath[UUID]) -> Response[Any]:
    """A laptop is lost: every browser of this person is signed out, at once and in all their firms."""
    member, actor, now = await member_of(session, member_id), actor_of(request), clock.now()
    reason = not_by(member, actor)
    if reason is not None:
        raise Forbidden(reason, action="people.sign_out", subject_id=member.id)
    if await open_sessions(session, [member.person_id]):
        await sessions.end_all(session, member.person_id, now)
        record(session, actor, "people.sign_out", now, subject=member, name=member.name)
    return to("/settings/security?done=signed_out", request)


async def _wanted(session: AsyncSession, form: Submitted[SecurityForm]) -> Security | None:
    """The rules as typed; None when something cannot be taken. The owner's own address always may stay."""
    given = form.taken
    if given.idle_minutes not in IDLE_OPTIONS:
        form.refuse("idle_minutes", _("This cannot be taken: please choose or correct it."))
    if given.session_hours not in HOURS_OPTIONS:
        form.refuse("session_hours", _("This cannot be taken: please choose or correct it."))
    if set(given.roles) - set(ROLES):
        form.refuse("roles", _("This role cannot be given here."))
    domains: tuple[str, ...] = ()
    try:
        domains = security.domains_in(given.domains)
    except Invalid as error:
        form.refuse("domains", error.reason)
    own = security.domain_of((await queries.owner(session)).email)
    if domains and own not in domains:
        form.refuse("domains", _("The owner’s own address is at %(domain)s: leave it in.", domain=own))
    roles = tuple(role for role in ROLES if role in given.roles)
    return Security(roles, domains, given.idle_minutes, given.session_hours) if form.ok else None


async def _show(
    request: Req, session: AsyncSession, *, form: Submitted[Any] | None = None, done: str = "", status: int = 200
) -> Response[str]:
    actor, now = actor_of(request), clock.now()
    profile, firm = await queries.profile(session), await queries.firm(session)
    rules = security.of(profile, firm)
    members = await queries.people(session)
    sequence, head = await sealing.head(session)
    since = (clock.today() - LOOKED_BACK).isoformat()
    return await page(
        request,
        "firms/security.html",
        session=session,
        tabs=settings_tabs(request),
        form=form or Submitted(typed(rules)),
        chosen_roles=chosen_roles(form, rules),
        roles=list(ROLES.items()),
        idle_options=[(str(n), label) for n, label in IDLE_OPTIONS.items()],
        hours_options=[(str(n), label) for n, label in HOURS_OPTIONS.items()],
        rules=in_words(rules),
        people=await people(session, members, rules, actor, now),
        elsewhere=sum(rules.refuses(m.email) is not None for m in members),
        may_change=actor.may("firms.secure"),
        may_sign_out=actor.may("firms.people"),
        panels=[await panel(session, None, actor) for panel in composition().panel("firms.security")],
        refused=await audit_queries.refused(session, now - LOOKED_BACK),
        refused_url=address_in(request)(f"/settings/audit?refused=true&since={since}"),
        sequence=sequence,
        head=head,
        done=DONE.get(done, ""),
        status=status,
    )


ROUTES = [show_security, save, sign_out]
