"""Sub-tasks: a part of a record's work for somebody else, with their own day and their own clock in My work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.notifications import notify
from saas.identity.models import Membership
from saas.identity.queries import members
from saas.identity.rules import LEFT
from saas.kernel import clock
from saas.kernel.access import ROLES, Actor
from saas.kernel.audit import record
from saas.kernel.errors import Forbidden
from saas.kernel.forms import Submitted
from saas.kernel.i18n import Text, _
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm
from saas.kernel.workflow import Workflow
from saas.tasks.models import Task
from saas.tasks.observer import title_of
from saas.tasks.routing import route

END_OF_DAY = time(18)


class Part(Struct):
    title: Annotated[str, Meta(max_length=200)]
    assignee_id: UUID
    due_on: date


@dataclass(frozen=True, slots=True)
class Whole:
    """The record the parts belong to: what it is called in a notification, and the deeds its trail knows."""

    workflow: Workflow
    row: Any
    number: str
    deed: str  # "cases.sub_task"; done: "cases.sub_task_done"


async def parts_of(session: AsyncSession, subject_id: UUID) -> Sequence[Task]:
    """What other people do for this record, open ones first; its own steps are left out."""
    query = select(Task).where(of_this_firm(Task), Task.subject_id == subject_id, Task.workflow == "")
    return (await session.scalars(query.order_by(Task.done_at.asc().nulls_first(), Task.due_at))).all()


async def part_of(session: AsyncSession, subject_id: UUID, task_id: UUID) -> Task:
    return await own_row(session, Task, task_id, Task.subject_id == subject_id, Task.workflow == "")


async def check(session: AsyncSession, form: Submitted[Part]) -> None:
    """Only to people who work here, and for a day that is still to come."""
    if form.ok and form.taken.assignee_id not in {m.id for m in await members(session)}:
        form.refuse("assignee_id", LEFT)
    if form.ok and form.taken.due_on < clock.today():
        form.refuse("due_on", _("Choose a day that is still to come."))


async def give(session: AsyncSession, whole: Whole, given: Part, actor: Actor, now: datetime) -> None:
    """Once: the same part for the same person, still open, is not given again. The record is locked by the caller."""
    row = whole.row
    known = await parts_of(session, row.id)
    to = given.assignee_id
    if any(str(t.step) == given.title and to in (t.assignee_id, t.covered_id) and not t.done_at for t in known):
        return
    url = whole.workflow.url(row)
    task = Task(
        subject_kind=whole.workflow.name,
        subject_id=row.id,
        client_id=row.client_id,
        title=title_of(whole.workflow, row),
        step=Text(given.title),
        url=url,
        severity=getattr(row, "severity", ""),
        created_at=now,
        due_at=datetime.combine(given.due_on, END_OF_DAY, clock.CHINA),
    )
    await route(session, task, to, now)
    session.add(task)
    told = _("%(name)s gives you a part of %(case)s: %(title)s", name=actor.name, case=whole.number, title=given.title)
    await notify(session, {to, task.assignee_id or to} - {actor.id}, "assigned", told, url, now)
    record(session, actor, whole.deed, now, subject=row, client_id=row.client_id, summary=given.title)


def finish(session: AsyncSession, whole: Whole, task: Task, actor: Actor, now: datetime, *, manages: bool) -> None:
    """Done: by whom it was given to, by the record's owner, or by whoever manages such records."""
    row, deed = whole.row, f"{whole.deed}_done"
    owner = whole.workflow.assignee(row) if whole.workflow.assignee else None
    if actor.id not in (task.assignee_id, owner) and not manages:
        raise Forbidden(_("This task was given to somebody else."), action=deed, subject_id=row.id)
    if task.done_at is None:
        task.finish(now, actor.id)
        record(session, actor, deed, now, subject=row, client_id=row.client_id, summary=str(task.step))


def rows(tasks: Sequence[Task], people: Mapping[UUID, Membership], now: datetime) -> list[dict[str, Any]]:
    """As templates/tasks/_parts.html shows them."""
    return [
        {
            "task": task,
            "who": _who(task, people),
            "late": task.done_at is None and task.is_overdue(now),
        }
        for task in tasks
    ]


def _who(task: Task, people: Mapping[UUID, Membership]) -> str:
    found = people.get(task.assignee_id) if task.assignee_id else None
    return found.name if found else str(ROLES.get(task.role, ""))
