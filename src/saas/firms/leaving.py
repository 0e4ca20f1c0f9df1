"""Somebody leaves: first every piece of open work goes to a colleague, by the modules that own it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms import queries
from saas.firms.forms import Leave
from saas.firms.notifications import notify
from saas.firms.tabs import settings_tabs
from saas.identity import sessions
from saas.identity.models import Membership
from saas.identity.queries import member as member_of
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict, Forbidden
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _, listed
from saas.kernel.module import Event, Holding, composition
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.kernel.perform import tell

PERSON = "/f/{slug:str}/settings/people/{member_id:uuid}"


@get(f"{PERSON}/leave", opt={"permission": "firms.people"})
async def leave_page(request: Req, session: Db, member_id: FromPath[UUID]) -> Response[str]:
    return await _page(request, session, await member_of(session, member_id), Submitted())


@post(f"{PERSON}/leave", opt={"permission": "firms.people"})
async def leave(request: Req, session: Db, member_id: FromPath[UUID]) -> Response[Any]:
    member, form, now = await member_of(session, member_id), await submitted(request, Leave), clock.now()
    if member.left_at is not None:
        return to("/settings/people?done=left", request)
    reason = why_not(member, actor_of(request))
    if reason is not None:
        raise Forbidden(reason, action="people.remove", subject_id=member.id)
    held = await holdings(session, member.id)
    to_id = form.taken.to_id if form.ok else None
    others = {m.id for m in await queries.people(session) if m.id != member.id}
    if held and to_id not in others:
        form.refuse("to_id", _("Choose who takes the open work over."))
        return await _page(request, session, member, form, status=422)
    await remove(session, member, to_id if held else None, actor_of(request), now)
    return to("/settings/people?done=left", request)


async def remove(session: AsyncSession, member: Membership, to_id: UUID | None, actor: Actor, now: datetime) -> None:
    """Hand over, then end the membership and every session of the person; Conflict if anything stayed behind."""
    held = await holdings(session, member.id)
    if to_id is not None:
        handed = {"member_id": str(member.id), "to_id": str(to_id)}
        await tell(session, Event("member.leaving", member, actor, now, handed))
    left_over = await holdings(session, member.id)
    if left_over:
        what = listed(f"{h.label} {h.count}" for h in left_over)
        raise Conflict(_("This could not be handed over: %(what)s. Nobody was removed.", what=what))
    member.left_at = now
    record(session, actor, "people.remove", now, subject=member, name=member.name, to_id=str(to_id or ""))
    await sessions.end_all(session, member.person_id, now)
    if held and to_id is not None and to_id != actor.id:
        count = sum(holding.count for holding in held)
        told = _("%(name)s has left: %(count)s pieces of open work are yours now.", name=member.name, count=count)
        await notify(session, [to_id], "assigned", told, "/work", now)


async def holdings(session: AsyncSession, member_id: UUID) -> list[Holding]:
    """The open work that names a member, by the modules that know it."""
    found = [holding for ask in composition().holdings for holding in await ask(session, member_id)]
    return [holding for holding in found if holding.count]


def why_not(member: Membership, actor: Actor) -> Text | None:
    """Why this member cannot be removed, or have their roles changed, by this person."""
    if member.is_owner:
        return _("The owner stays. Hand the firm over first.")
    if member.id == actor.id:
        return _("Another manager or the owner does this for you.")
    return None


async def _page(
    request: Req, session: AsyncSession, member: Membership, form: Submitted[Any], status: int = 200
) -> Response[str]:
    return await page(
        request,
        "firms/leave.html",
        session=session,
        tabs=settings_tabs(request),
        member=member,
        held=await holdings(session, member.id),
        colleagues=[(str(m.id), m.name) for m in await queries.people(session) if m.id != member.id],
        refusal=why_not(member, actor_of(request)),
        form=form,
        status=status,
    )


ROUTES = [leave_page, leave]
