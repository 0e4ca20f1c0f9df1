"""Recording who stands in for whom, handing over what is open, and ending it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.notifications import notify
from saas.identity.models import Membership
from saas.identity.queries import members_by_id
from saas.identity.rules import LEFT
from saas.kernel import clock, tenancy
from saas.kernel.access import ROLES, SYSTEM, Actor
from saas.kernel.audit import record
from saas.kernel.errors import Forbidden
from saas.kernel.forms import Submitted
from saas.kernel.i18n import Text, _, listed
from saas.kernel.pages import show_date
from saas.teams.cover import cover_queries as queries
from saas.teams.cover.cover_models import Cover
from saas.teams.rooms import MANAGES

APPROVING = ("owner", "manager", "reviewer", "cashier")  # roles whose turn is an approval
KINDS: dict[str, Text] = {
    "leave": _("Leave"),
    "sick": _("Illness"),
    "training": _("Training"),
    "travel": _("Work elsewhere"),
    "delegation": _("Here, but somebody else approves"),
}
PAGE = "/teams/absences"


class NewCover(Struct):
    member_id: UUID
    kind: Literal["leave", "sick", "training", "travel", "delegation"]
    from_on: date
    until_on: date
    deputy_id: UUID | None = None
    approver_id: UUID | None = None
    note: Annotated[str, Meta(max_length=200)] = ""
    move_open: bool = False


def shared_roles(member: Membership, other: Membership) -> list[str]:
    """The approving roles both have: a delegation routes these and gives none."""
    return [role for role in APPROVING if role in member.roles and role in other.roles]


async def check(session: AsyncSession, form: Submitted[NewCover], actor: Actor) -> None:
    """Every reason why it cannot be, as a sentence at its field."""
    if not form.ok:
        return
    given, names = form.taken, await members_by_id(session)
    if given.member_id != actor.id and not actor.may(MANAGES):
        raise Forbidden(_("You record your own absence; a manager records those of others."), action="teams.cover")
    for name, whom in (
        ("member_id", given.member_id),
        ("deputy_id", given.deputy_id),
        ("approver_id", given.approver_id),
    ):
        if whom is not None and (whom not in names or names[whom].left_at is not None):
            form.refuse(name, LEFT)
    if given.until_on < given.from_on:
        form.refuse("until_on", _("The last day is before the first."))
    elif given.until_on < clock.today():
        form.refuse("until_on", _("Choose a day that is still to come."))
    if form.ok:
        _check_people(form, names)
    if form.ok:
        await _check_days(session, form, names)


def _check_people(form: Submitted[NewCover], names: dict[UUID, Membership]) -> None:
    given = form.taken
    if given.kind == "delegation":
        if given.approver_id is None:
            form.refuse("approver_id", _("Say who approves meanwhile."))
        if given.deputy_id is not None:
            form.refuse(
                "deputy_id", _("A delegation of approvals moves no work: leave this empty, or record an absence.")
            )
    elif given.deputy_id is None:
        form.refuse("deputy_id", _("Say who stands in: work that comes meanwhile goes to them."))
    if given.deputy_id == given.member_id:
        form.refuse("deputy_id", _("Nobody stands in for themselves."))
    if given.approver_id is None:
        return
    if given.approver_id == given.member_id:
        form.refuse("approver_id", _("Nobody delegates to themselves."))
    elif not shared_roles(names[given.member_id], names[given.approver_id]):
        form.refuse(
            "approver_id",
            _("%(name)s has none of the approving roles of this person. A delegation gives nobody a role.",
              name=names[given.approver_id].name),
        )  # fmt: skip


async def _check_days(session: AsyncSession, form: Submitted[NewCover], names: dict[UUID, Membership]) -> None:
    given = form.taken
    meanwhile = [
        c for c in await queries.standing(session) if c.from_on <= given.until_on and given.from_on <= c.until_on
    ]
    own = next((c for c in meanwhile if c.member_id == given.member_id), None)
    if own is not None:
        form.refuse(
            "from_on",
            _("From %(first)s to %(last)s is recorded already. End that first.",
              first=show_date(own.from_on), last=show_date(own.until_on)),
        )  # fmt: skip
        return
    for name, deputy in (("deputy_id", given.deputy_id), ("approver_id", given.approver_id)):
        chain = circle(meanwhile, given.member_id, deputy, name)
        if chain:
            said = listed(names[one].name for one in chain)
            form.refuse(name, _("This makes a circle: %(names)s would stand in for each other.", names=said))


def circle(covers: Sequence[Cover], member_id: UUID, deputy: UUID | None, name: str) -> list[UUID]:
    """The people through whom `deputy` leads back to the member on one of these days; empty where it does not."""
    chain, at = [member_id], deputy
    while at is not None and at not in chain:
        chain.append(at)
        at = next((getattr(c, name) for c in covers if c.member_id == at and getattr(c, name)), None)
    return chain if at == member_id else []


async def arrange(session: AsyncSession, actor: Actor, given: NewCover, now: datetime) -> Cover:
    """Write it down, tell everybody named; open work goes along where that was asked. After check()."""
    if actor.id is None:
        raise ValueError("somebody records an absence")
    await session.execute(  # two forms at once cannot make a circle between them; the trigger reads what is committed
        text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": f"team_covers:{tenancy.current_firm_id()}"}
    )
    names = await members_by_id(session)
    cover = Cover(
        member_id=given.member_id, kind=given.kind, from_on=given.from_on, until_on=given.until_on,
        deputy_id=given.deputy_id, approver_id=given.approver_id, note=given.note, made_by=actor.id, made_at=now,
    )  # fmt: skip
    session.add(cover)
    await session.flush()
    queries.forget(session)
    who = names[given.member_id].name
    record(session, actor, "teams.cover", now, subject=cover, summary=f"{who}: {given.from_on} – {given.until_on}")
    days = {"first": show_date(given.from_on), "last": show_date(given.until_on)}
    if given.deputy_id:
        said = _("You stand in for %(name)s from %(first)s to %(last)s.", name=who, **days)
        await notify(session, {given.deputy_id} - {actor.id}, "assigned", said, PAGE, now)
    if given.approver_id:
        said = _("%(name)s leaves approvals to you from %(first)s to %(last)s.", name=who, **days)
        await notify(session, {given.approver_id} - {actor.id}, "assigned", said, PAGE, now)
    if given.move_open and cover.counts_on(now.astimezone(clock.CHINA).date()):
        await move_open(session, cover, actor, now)
    return cover


async def move_open(session: AsyncSession, cover: Cover, actor: Actor, now: datetime) -> int:
    """What is open goes to the deputy until the absence ends; records keep their owner. How many it was."""
    if cover.deputy_id is None:
        return 0
    tasks = await queries.movable(session, cover.member_id)
    for task in tasks:
        task.covered_id = task.covered_id or cover.member_id
        task.assignee_id = cover.deputy_id
    if tasks:
        names = await members_by_id(session)
        said = _("%(n)s open items of %(name)s are with you now.", n=len(tasks), name=names[cover.member_id].name)
        await notify(session, {cover.deputy_id} - {actor.id}, "assigned", said, "/work", now)
        record(session, actor, "teams.move_open", now, subject=cover, summary=str(len(tasks)))
    return len(tasks)


async def end(session: AsyncSession, cover: Cover, actor: Actor, now: datetime) -> None:
    """What the deputy has not finished goes back; ended twice is ended once."""
    if cover.ended_at is not None:
        return
    cover.ended_at, cover.ended_by = now, actor.id
    await session.flush()
    queries.forget(session)
    back = await queries.covered(session, cover.member_id) if cover.deputy_id else []
    for task in back:
        task.assignee_id, task.covered_id = cover.member_id, None
    names = await members_by_id(session)
    who = names[cover.member_id].name
    record(session, actor, "teams.cover_ended", now, subject=cover, summary=f"{who}: {len(back)}")
    told = {m for m in (cover.member_id, cover.deputy_id, cover.approver_id) if m} - {actor.id}
    said = _("Standing in for %(name)s is over; %(n)s open items went back.", name=who, n=len(back))
    await notify(session, told, "assigned", said, PAGE, now)


async def end_run_out(session: AsyncSession) -> None:
    """Hourly: those whose last day is over."""
    now = clock.now()
    for cover in await queries.run_out(session, now.astimezone(clock.CHINA).date()):
        await end(session, cover, SYSTEM, now)


def roles_between(member: Membership, other: Membership) -> str:
    return listed(ROLES[role] for role in shared_roles(member, other))
