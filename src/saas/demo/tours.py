"""Looking around: one person's copy of the demo firm for seven days, made, found again and erased.

A copy's id follows from the person's, so that nobody ever has two. Nothing of the person's own firm goes in but their
name and address; the demo firm is only read, and its people stay in the copy as names that cannot sign in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid5

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from saas.clients.models import Client
from saas.firms.copying import LOOK, close_sandbox, erase_sandbox, open_sandbox, remains_of, strike_out
from saas.identity.models import Membership, Person
from saas.identity.queries import firms_of
from saas.identity.queries import person as person_of
from saas.identity.visitors import member_actor
from saas.kernel import clock, jobs, tenancy
from saas.kernel.audit import record
from saas.kernel.copying import Selection
from saas.kernel.db import acting_in
from saas.kernel.directory import TOUR, TOUR_LASTS, Firm
from saas.kernel.i18n import _
from saas.kernel.identifiers import uuid7
from saas.kernel.module import Event
from saas.kernel.outbox import Outbox, enqueue, enqueue_for_nobody
from saas.kernel.perform import tell

COPY, END = "demo.copy", "demo.end_tours"  # jobs: of the person's own firm, and of nobody
MOST = 20  # copies at once in an installation
ROLES = ["manager"]
OF_TOURS = UUID("5b1f0a3e-6d0c-4c55-9d4e-2f5a0c7f6b11")  # the namespace of their ids
A_MOMENT = timedelta(seconds=3)
LOCK = 71_016

_Own = aliased(Firm)
_ALL = (Firm.kind == "sandbox", Firm.slug.startswith(TOUR))


async def demo_firm(session: AsyncSession, *, only_without_data: bool = False) -> Firm | None:
    """The loaded demo firm, for whoever is in a real firm; None in a demo or a copy, and where no demo is loaded.

    Only a firm that has no client yet is shown it, where that is asked.
    """
    here = tenancy.current_firm_id()
    query = (
        select(Firm)
        .join(_Own, (_Own.id == here) & (_Own.kind == "live"))
        .where(Firm.kind == "demo", Firm.replaying.is_(False), Firm.closed_at.is_(None))
        .order_by(Firm.created_at, Firm.id)
        .limit(1)
    )
    if only_without_data:
        query = query.where(~select(Client.id).where(Client.firm_id == here).exists())
    found: Firm | None = await session.scalar(query)
    return found


async def tour_of(session: AsyncSession, person_id: UUID) -> Firm | None:
    """The person's copy, also one that is being erased."""
    return await session.get(Firm, tour_id(person_id))


def tour_id(person_id: UUID) -> UUID:
    return uuid5(OF_TOURS, str(person_id))


async def is_full(session: AsyncSession) -> bool:
    return (await session.scalar(select(func.count()).select_from(Firm).where(*_ALL)) or 0) >= MOST


async def promised(session: AsyncSession, person_id: UUID) -> Outbox | None:
    """The newest job of the person's own firm that makes their copy, also one that is over."""
    query = select(Outbox).where(
        tenancy.of_this_firm(Outbox), Outbox.job == COPY, Outbox.args["person_id"].astext == str(person_id)
    )
    found: Outbox | None = await session.scalar(query.order_by(Outbox.created_at.desc()).limit(1))
    return found


async def own_firms(session: AsyncSession, person_id: UUID) -> Sequence[Firm]:
    """The real firms somebody who looks around comes from."""
    async with acting_in(session, tenancy.person(person_id)):
        return [firm for _member, firm in await firms_of(session, person_id) if firm.kind == "live"]


async def copy(session: AsyncSession, person_id: str) -> None:
    """Copy the demo firm and let the person in; nothing where they have a copy, or all places are taken."""
    await session.execute(select(func.pg_advisory_xact_lock(LOCK)))  # one at a time: the places are counted
    visitor, demo = await person_of(session, UUID(person_id)), await demo_firm(session)
    before = await tour_of(session, visitor.id)
    if before is not None and before.closed_at is not None:
        enqueue(session, COPY, due_at=clock.now() + A_MOMENT, person_id=visitor.id)  # once it is erased
    if before is not None or demo is None or await is_full(session):
        return
    sandbox_id = tour_id(visitor.id)
    await erase_sandbox(session, sandbox_id)  # what a try that was killed has left in the file store
    async with acting_in(session, tenancy.firm(demo.id)):
        await open_sandbox(
            session, sandbox_id, people=None, selection=Selection(), tell=_told, now=clock.now(), purpose=LOOK
        )
    async with acting_in(session, tenancy.firm(sandbox_id, visitor.id)):
        await _enter(session, visitor)
    await enqueue_for_nobody(session, END, due_at=clock.now() + TOUR_LASTS)


async def end(session: AsyncSession, sandbox_id: UUID) -> None:
    """Nobody enters from now on; a worker erases it in a moment, when requests that were under way have ended."""
    now = clock.now()
    await close_sandbox(session, sandbox_id, now)
    await enqueue_for_nobody(session, END, due_at=now + A_MOMENT)


async def end_all(session: AsyncSession) -> None:
    """Close what is over, erase what is closed, strike out what has nothing left; again until nothing is to be done.

    When a copy's days are over, after each end, and daily. Whatever came in between is erased the next time, so a copy
    leaves the directory only when all of it is counted as gone.
    """
    now, again = clock.now(), False
    for tour in (await session.scalars(select(Firm).where(*_ALL).with_for_update(skip_locked=True))).all():
        if tour.closed_at is None and now - tour.created_at < TOUR_LASTS:
            continue
        if tour.closed_at is None:
            await close_sandbox(session, tour.id, now)
        elif any((await remains_of(session, tour.id)).values()):
            await erase_sandbox(session, tour.id)
        else:
            await strike_out(session, tour.id)
            continue
        again = True
    if again:
        enqueue(session, END, due_at=now + A_MOMENT)


async def _enter(session: AsyncSession, visitor: Person) -> None:
    now = clock.now()
    member = Membership(
        id=uuid7(), person_id=visitor.id, name=visitor.name, email=visitor.email, roles=ROLES, joined_at=now
    )
    session.add(member)
    await session.flush()
    actor = member_actor(member, visitor)
    record(session, actor, "people.join", now, subject=member, roles=member.roles)
    await tell(session, Event("member.joined", member, actor, now))


async def _told(done: int, total: int, table: str) -> None:
    await jobs.report(done, total, _("Copying the demo firm"))
