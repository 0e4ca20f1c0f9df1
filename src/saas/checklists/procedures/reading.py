"""Who must read which procedure, who has, and one task each for what is still unread."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checklists.procedures import procedure_queries as queries
from saas.checklists.procedures.procedure_models import ProcedureReceipt, ProcedureVersion
from saas.checklists.procedures.procedure_workflow import PROCEDURE
from saas.firms.notifications import notify
from saas.identity.models import Membership
from saas.identity.queries import members
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict
from saas.kernel.i18n import _
from saas.kernel.identifiers import uuid7
from saas.kernel.module import Event
from saas.kernel.tenancy import current_firm_id, of_this_firm
from saas.tasks.models import Task

UNREAD_URL = "/checklists/procedures?view=unread"
KIND = PROCEDURE.name  # of a task that belongs to a person, not to a version


async def read(session: AsyncSession, version: ProcedureVersion, actor: Actor, now: datetime) -> None:
    """The receipt: this person has read this version. Twice keeps the first time."""
    if version.state != "in_force":
        raise Conflict(_("Only the version in force is confirmed as read."))
    row = insert(ProcedureReceipt).values(
        firm_id=current_firm_id(), id=uuid7(), version_id=version.id, member_id=actor.id, read_at=now
    )
    done = await session.execute(row.on_conflict_do_nothing().returning(ProcedureReceipt.id))
    if done.scalar() is None:
        return
    record(session, actor, "procedures.read", now, subject=version, summary=version.title_zh, version=version.version)
    if not await unread_of(session, actor):
        for task in await _tasks(session, actor.id):
            task.finish(now, actor.id)


async def unread_of(session: AsyncSession, actor: Actor) -> list[ProcedureVersion]:
    """What this person still has to read, in the order of the library."""
    wanted = [v for v in await queries.in_force(session) if set(v.readers) & actor.roles]
    seen = {r.version_id for r in await queries.receipts(session, [v.id for v in wanted]) if r.member_id == actor.id}
    return [v for v in wanted if v.id not in seen]


async def remind(session: AsyncSession) -> None:
    """Daily: whoever has something unread has one task that says so, due when the first of it is due."""
    in_force, now = await queries.in_force(session), clock.now()
    seen = {(r.version_id, r.member_id) for r in await queries.receipts(session, [v.id for v in in_force])}
    for member in await members(session):
        unread = [v for v in in_force if set(v.readers) & set(member.roles) and (v.id, member.id) not in seen]
        tasks = await _tasks(session, member.id)
        if not unread:
            for task in tasks:
                task.finish(now, None)
        elif not tasks:
            session.add(_task(member, unread, now))
    await session.flush()


async def told(session: AsyncSession, event: Event) -> None:
    """A version came in force: those who must read it hear of it, and get their task at once."""
    version: ProcedureVersion = event.row
    readers = [m for m in await members(session) if set(m.roles) & set(version.readers)]
    said = _("New version to read: %(title)s", title=version.title)
    url = f"/checklists/procedures/{version.procedure_id}"
    await notify(session, [m.id for m in readers], "assigned", said, url, event.now)
    for member in readers:
        if not await _tasks(session, member.id):
            session.add(_task(member, [version], event.now))


def _task(member: Membership, unread: Sequence[ProcedureVersion], now: datetime) -> Task:
    due = [v.read_by for v in unread if v.read_by is not None]
    return Task(
        subject_kind=KIND,
        subject_id=member.id,
        title=_("Procedures that concern you"),
        step=_("Read them and confirm"),
        url=UNREAD_URL,
        assignee_id=member.id,
        created_at=now,
        due_at=min(due, default=None),
    )


async def _tasks(session: AsyncSession, member_id: UUID | None) -> Sequence[Task]:
    query = select(Task).where(
        of_this_firm(Task), Task.subject_kind == KIND, Task.subject_id == member_id, Task.done_at.is_(None)
    )
    return (await session.scalars(query)).all()
