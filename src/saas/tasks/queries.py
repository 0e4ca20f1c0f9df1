"""Every SELECT on tasks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, any_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import tenancy
from saas.kernel.access import Actor
from saas.kernel.module import composition
from saas.kernel.prepared import FIRM, MEMBER, ROLES
from saas.tasks.models import Task

OTHER = "other"  # in place of a kind: tasks of no workflow
MANAGER_ROLES = frozenset({"owner", "manager"})


def _open() -> list[ColumnElement[bool]]:
    return [Task.firm_id == tenancy.current_firm_id(), Task.done_at.is_(None)]


def mine(actor: Actor) -> ColumnElement[bool]:
    """Tasks named to this person, and those anyone with one of their roles may take. A manager stands in for nobody."""
    return or_(Task.assignee_id == actor.id, Task.assignee_id.is_(None) & Task.role.in_(actor.roles))


async def my_work(session: AsyncSession, actor: Actor, kind: str = "", limit: int = 200) -> Sequence[Task]:
    """What waits for this person, the most urgent first; what waits for a client comes last."""
    of_kind = Task.subject_kind.not_in(composition().workflows) if kind == OTHER else Task.subject_kind == kind
    query = select(Task).where(*_open(), mine(actor), *([of_kind] if kind else []))
    ordered = query.order_by(Task.paused_since.is_not(None), Task.due_at.asc().nulls_last(), Task.created_at)
    return (await session.scalars(ordered.limit(limit))).all()


MY_WORK = (  # beside the line of the side bar: what waits for this person, not for a client
    select(func.count())
    .select_from(Task)
    .where(Task.firm_id == FIRM, Task.done_at.is_(None), Task.paused_since.is_(None))
    .where(or_(Task.assignee_id == MEMBER, Task.assignee_id.is_(None) & (Task.role == any_(ROLES))))
)


async def counts_by_kind(session: AsyncSession, actor: Actor) -> Counter[str]:
    """By the kind of record; what belongs to none with a workflow is OTHER."""
    query = select(Task.subject_kind, func.count()).where(*_open(), mine(actor)).group_by(Task.subject_kind)
    counted: Counter[str] = Counter()
    for kind, n in (await session.execute(query)).all():
        counted[kind if kind in composition().workflows else OTHER] += n
    return counted


async def waiting_for_others(session: AsyncSession, actor: Actor) -> Sequence[Task]:
    """This person's records that stand with a client."""
    query = select(Task).where(*_open(), Task.assignee_id == actor.id, Task.paused_since.is_not(None))
    return (await session.scalars(query.order_by(Task.paused_since).limit(20))).all()


async def load(session: AsyncSession) -> dict[UUID, int]:
    """Open tasks by member, those that wait for a client left out."""
    query = (
        select(Task.assignee_id, func.count())
        .where(*_open(), Task.assignee_id.is_not(None), Task.paused_since.is_(None))
        .group_by(Task.assignee_id)
    )
    return {member: n for member, n in (await session.execute(query)).all() if member is not None}


async def overdue(session: AsyncSession, now: datetime) -> Sequence[Task]:
    """Open, past due, not waiting for a client and not escalated yet."""
    query = select(Task).where(*_open(), Task.due_at < now, Task.paused_since.is_(None), Task.escalated_at.is_(None))
    return (await session.scalars(query.order_by(Task.due_at).limit(500))).all()


async def of_member(session: AsyncSession, member_id: UUID) -> Sequence[Task]:
    """Everything open that names this member: it is handed over before they leave."""
    return (await session.scalars(select(Task).where(*_open(), Task.assignee_id == member_id))).all()
