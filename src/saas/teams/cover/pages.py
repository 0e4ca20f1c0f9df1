"""Absences and delegations: the list, recording one, handing open work over, ending it; and what My work shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import Membership
from saas.identity.queries import members, members_by_id
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.errors import Forbidden
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.pages import Db, Req, actor_of, page, show_date, to
from saas.teams.cover import arranging
from saas.teams.cover import cover_queries as queries
from saas.teams.cover.cover_models import Cover
from saas.teams.rooms import MANAGES, options, tabs

ROOM = "/teams/absences"
ONE = f"/f/{{slug:str}}{ROOM}/{{row_id:uuid}}"
Names = Mapping[UUID, Membership]


@get(f"/f/{{slug:str}}{ROOM}", opt={"permission": "teams.read"})
async def index(request: Req, session: Db) -> Response[str]:
    today = clock.today().isoformat()
    start = {"member_id": str(actor_of(request).id), "from_on": today, "until_on": today, "kind": "leave"}
    return await _index(request, session, Submitted(start))


@post(f"/f/{{slug:str}}{ROOM}", opt={"permission": "teams.cover"}, status_code=200)
async def add(request: Req, session: Db) -> Response[Any]:
    form, actor = await submitted(request, arranging.NewCover), actor_of(request)
    await arranging.check(session, form, actor)
    if not form.ok:
        return await _index(request, session, form, status=422)
    await arranging.arrange(session, actor, form.taken, clock.now())
    return to(ROOM, request)


@post(f"{ONE}/end", opt={"permission": "teams.cover"}, status_code=200)
async def end(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    """By the person, by whoever stands in, or by a manager."""
    cover = await queries.cover(session, row_id, lock=True)
    _may(cover, actor_of(request), "teams.cover_ended")
    await arranging.end(session, cover, actor_of(request), clock.now())
    return to(ROOM, request)


@post(f"{ONE}/move", opt={"permission": "teams.cover"}, status_code=200)
async def move(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    """Open work goes to the deputy too."""
    cover = await queries.cover(session, row_id, lock=True)
    _may(cover, actor_of(request), "teams.move_open")
    if cover.counts_on(clock.today()):
        await arranging.move_open(session, cover, actor_of(request), clock.now())
    return to(ROOM, request)


def _may(cover: Cover, actor: Actor, action: str) -> None:
    if not _is_theirs(cover, actor):
        raise Forbidden(
            _("Only the person, who stands in, or a manager does this."), action=action, subject_id=cover.id
        )


def _is_theirs(cover: Cover, actor: Actor) -> bool:
    return actor.id in (cover.member_id, cover.deputy_id) or actor.may(MANAGES)


async def _index(request: Req, session: AsyncSession, form: Submitted[Any], status: int = 200) -> Response[str]:
    actor, names = actor_of(request), await members_by_id(session)
    here = await members(session)
    return await page(
        request,
        "teams/absences.html",
        session=session,
        status=status,
        rooms=tabs(request, ROOM),
        current=[_row(c, names, actor) for c in await queries.standing(session)],
        past=[_row(c, names, actor) for c in await queries.past(session)],
        mine=options(here) if actor.may(MANAGES) else [(str(actor.id), actor.name)],
        people=options(here),
        kinds=list(arranging.KINDS.items()),
        may_add=actor.may("teams.cover"),
        form=form,
    )


def _row(cover: Cover, names: Names, actor: Actor) -> dict[str, Any]:
    today = clock.today()
    member, approver = names[cover.member_id], names.get(cover.approver_id) if cover.approver_id else None
    begun = cover.from_on <= today
    return {
        "cover": cover,
        "name": member.name,
        "kind": arranging.KINDS[cover.kind],
        "days": f"{show_date(cover.from_on)} – {show_date(cover.until_on)}",
        "deputy": names[cover.deputy_id].name if cover.deputy_id else "",
        "approver": approver.name if approver else "",
        "roles": arranging.roles_between(member, approver) if approver else "",
        "counts": cover.counts_on(today),
        "begun": begun,
        "may_end": cover.ended_at is None and _is_theirs(cover, actor) and actor.may("teams.cover"),
        "may_move": cover.counts_on(today) and bool(cover.deputy_id) and _is_theirs(cover, actor),
    }


async def on_my_work(session: AsyncSession, subject: None, actor: Actor) -> dict[str, Any]:
    """Beside My work: for whom I stand in, and who stands in for me."""
    names, items = await members_by_id(session), []
    for cover in await queries.on_day(session, clock.today()):
        name, until = names[cover.member_id].name, show_date(cover.until_on)
        if actor.id == cover.deputy_id:
            n = sum(task.assignee_id == actor.id for task in await queries.covered(session, cover.member_id))
            items.append(_("You stand in for %(name)s until %(day)s: %(n)s open items.", name=name, day=until, n=n))
        if actor.id == cover.approver_id:
            items.append(_("Approvals of %(name)s come to you until %(day)s.", name=name, day=until))
        if actor.id == cover.member_id and cover.deputy_id:
            deputy = names[cover.deputy_id].name
            items.append(_("You are away until %(day)s; new work goes to %(name)s.", day=until, name=deputy))
        if actor.id == cover.member_id and cover.approver_id:
            approver = names[cover.approver_id].name
            items.append(_("Until %(day)s approvals are left to %(name)s.", day=until, name=approver))
    return {"template": "teams/_standing_in.html", "items": items}


async def of_member(session: AsyncSession, member: Membership, actor: Actor) -> dict[str, Any]:
    """On a member's page in the settings."""
    names = await members_by_id(session)
    rows = [_row(c, names, actor) for c in await queries.standing(session) if c.member_id == member.id]
    return {"template": "teams/_member.html", "rows": rows}


ROUTES = [index, add, end, move]
