"""One member: roles, qualifications, a lost second factor, and handing the firm over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms import queries
from saas.firms.forms import Qualify, Roles
from saas.firms.leaving import PERSON, why_not
from saas.firms.models import Qualification
from saas.firms.notifications import notify
from saas.firms.people import INVITED_ROLES, unknown_roles
from saas.firms.tabs import settings_tabs
from saas.identity import sessions, tokens
from saas.identity.models import Membership
from saas.identity.queries import member as member_of
from saas.identity.queries import members_by_id
from saas.identity.queries import person as person_of
from saas.kernel import clock
from saas.kernel.access import ROLES, Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict, Forbidden, FreshSignInNeeded
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.module import Event, composition
from saas.kernel.outbox import enqueue_for_nobody
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.kernel.perform import tell

LIFE = timedelta(days=1)
DONE: dict[str, Text] = {
    "roles": _("The roles are changed. The person has to sign in again."),
    "qualified": _("The qualification is saved."),
    "factor": _("A mail with a link is on its way: with it and the password the lost second factor is removed."),
}


@get(PERSON, opt={"permission": "firms.people"})
async def detail(request: Req, session: Db, member_id: FromPath[UUID], done: FromQuery[str] = "") -> Response[str]:
    return await _show(request, session, await member_of(session, member_id), done=done)


@post(f"{PERSON}/roles", opt={"permission": "firms.people"})
async def change_roles(request: Req, session: Db, member_id: FromPath[UUID]) -> Response[Any]:
    """What somebody may do changes at once: every session of theirs is over."""
    member, form, now = await _working(session, member_id), await submitted(request, Roles), clock.now()
    _may_change(member, actor_of(request), "people.roles")
    _be_fresh(request, now)
    wanted = sorted(set(form.taken.roles) | ({"owner"} if member.is_owner else set())) if form.ok else []
    reason = unknown_roles(wanted, owner=member.is_owner)
    if reason is not None:
        form.refuse("roles", reason)
        return await _show(request, session, member, form=form, status=422)
    if wanted != sorted(member.roles):
        before, member.roles = member.roles, wanted
        words = {"name": member.name, "before": before, "after": wanted}
        entry = record(session, actor_of(request), "people.roles", now, subject=member)
        entry.detail = words
        await tell(session, Event("member.roles", member, actor_of(request), now, words))
        await sessions.end_all(session, member.person_id, now)
    return to(f"/settings/people/{member.id}?done=roles", request)


@post(f"{PERSON}/owner", opt={"permission": "firms.own"})
async def hand_over(request: Req, session: Db, member_id: FromPath[UUID]) -> Response[Any]:
    """The firm gets another owner; whoever hands it over stays as a manager."""
    member, now, actor = await _working(session, member_id), clock.now(), actor_of(request)
    _be_fresh(request, now)
    if member.is_owner:
        return to(f"/settings/people/{member.id}", request)
    owner = await queries.owner(session, lock=True)
    if owner.id != actor.id:
        raise Forbidden(_("Only the owner hands the firm over."), action="people.hand_over", subject_id=member.id)
    owner.is_owner = False
    owner.roles = sorted({*owner.roles, "manager"} - {"owner"})
    await session.flush()  # never two owners, not even for a moment
    member.is_owner = True
    member.roles = sorted({*member.roles, "owner"})
    record(session, actor, "people.hand_over", now, subject=member, name=member.name, before=owner.name)
    firm = await queries.firm(session)
    await notify(session, [member.id], "assigned", _("%(firm)s is yours now.", firm=firm.name), "/settings", now)
    for person_id in (owner.person_id, member.person_id):
        await sessions.end_all(session, person_id, now)
    return to("/sign-in?done=left")


@post(f"{PERSON}/qualifications", opt={"permission": "firms.own"})
async def qualify(request: Req, session: Db, member_id: FromPath[UUID]) -> Response[Any]:
    """Grant one until a day; a day that is past takes it away."""
    member, form = await _working(session, member_id), await submitted(request, Qualify)
    now, actor = clock.now(), actor_of(request)
    if form.ok and form.taken.code not in composition().qualifications:
        form.refuse("code", _("This cannot be taken: please choose or correct it."))
    if not form.ok or actor.id is None:
        return await _show(request, session, member, form=form, status=422)
    row = await queries.qualification(session, member.id, form.taken.code)
    if row is None:
        row = Qualification(member_id=member.id, code=form.taken.code)
        session.add(row)
    row.valid_until, row.granted_by = form.taken.valid_until, actor.id
    until = form.taken.valid_until.isoformat()
    record(session, actor, "people.qualify", now, subject=member, name=member.name, code=row.code, until=until)
    return to(f"/settings/people/{member.id}?done=qualified", request)


@post(f"{PERSON}/second-factor", opt={"permission": "firms.people"})
async def vouch(request: Req, session: Db, member_id: FromPath[UUID]) -> Response[Any]:
    """For somebody who lost the telephone: a mail, with which and the password the factor is removed."""
    member, now, actor = await _working(session, member_id), clock.now(), actor_of(request)
    _be_fresh(request, now)
    _may_change(member, actor, "people.reset_factor")
    if not (await person_of(session, member.person_id)).has_second_factor:
        raise Conflict(_("%(name)s has no second factor. Nothing was changed.", name=member.name))
    firm = await queries.firm(session)
    row = tokens.issue(session, "factor", now, LIFE, person_id=member.person_id, by=actor.name, firm=firm.name)
    record(session, actor, "people.reset_factor", now, subject=member, name=member.name)
    await enqueue_for_nobody(session, "identity.mail_factor_reset", confirmation_id=row.id)
    return to(f"/settings/people/{member.id}?done=factor", request)


async def _working(session: AsyncSession, member_id: UUID) -> Membership:
    member = await member_of(session, member_id)
    if member.left_at is not None:
        raise Conflict(_("%(name)s does not work here any more. Nothing was changed.", name=member.name))
    return member


def _may_change(member: Membership, actor: Actor, deed: str) -> None:
    """Nobody changes what they themselves may do, except the owner; and nobody but the owner touches the owner."""
    if member.id == actor.id and member.is_owner and deed == "people.roles":
        return
    reason = why_not(member, actor)
    if reason is not None:
        raise Forbidden(reason, action=deed, subject_id=member.id)


def _be_fresh(request: Req, now: datetime) -> None:
    if not actor_of(request).is_fresh(now):
        raise FreshSignInNeeded()


async def _show(
    request: Req,
    session: AsyncSession,
    member: Membership,
    *,
    form: Submitted[Any] | None = None,
    done: str = "",
    status: int = 200,
) -> Response[str]:
    actor, today = actor_of(request), clock.today()
    person = await person_of(session, member.person_id)
    labels = composition().qualifications
    people = await members_by_id(session)
    held = [
        {
            "label": labels.get(q.code, q.code),
            "until": q.valid_until,
            "valid": q.valid_until >= today,
            "by": people[q.granted_by].name if q.granted_by in people else "",
        }
        for q in await queries.qualifications(session, member.id)
    ]
    return await page(
        request,
        "firms/member.html",
        session=session,
        tabs=settings_tabs(request),
        member=member,
        factor=person.has_second_factor,
        roles=[(role, ROLES[role]) for role in INVITED_ROLES],
        held=held,
        panels=[await panel(session, member, actor) for panel in composition().panel("firms.member")],
        codes=list(labels.items()),
        refusal=None if member.is_owner and member.id == actor.id else why_not(member, actor),
        is_me=member.id == actor.id,
        may_own=actor.may("firms.own"),
        form=form or Submitted(),
        done=DONE.get(done, ""),
        status=status,
    )


ROUTES = [detail, change_roles, hand_over, qualify, vouch]
