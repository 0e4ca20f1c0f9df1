"""One open item to a colleague: by the record's own action where it has one, else the task alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import forms as cases
from saas.cases.workflow import CASE
from saas.checklists import forms as checklists
from saas.checklists.workflow import RUN
from saas.firms.notifications import notify
from saas.identity.queries import members
from saas.identity.rules import LEFT
from saas.improvement.lessons import forms as lessons
from saas.improvement.lessons.workflow import IMPROVEMENT
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict, Forbidden, Invalid
from saas.kernel.i18n import _
from saas.kernel.perform import perform
from saas.kernel.rows import own_row
from saas.kernel.workflow import Workflow
from saas.refunds import forms as refunds
from saas.refunds.workflow import REFUND
from saas.tasks.models import Task
from saas.tasks.routing import route
from saas.teams.cover.cover_queries import PERSONAL


class Hand(Struct):
    to_id: UUID
    reason: Annotated[str, Meta(max_length=200)] = ""


@dataclass(frozen=True, slots=True)
class Way:
    """The record's own action that gives it to somebody."""

    workflow: Workflow
    action: str
    form: Callable[[Hand], Any]


WAYS: dict[str, Way] = {
    w.workflow.name: w
    for w in (
        Way(CASE, "hand_to", lambda given: cases.HandTo(given.to_id, given.reason)),
        Way(REFUND, "take", lambda given: refunds.Take(given.to_id)),
        Way(RUN, "take", lambda given: checklists.Take(given.to_id)),
        Way(IMPROVEMENT, "hand_to", lambda given: lessons.HandTo(given.to_id)),
    )
}


def movable(task: Task) -> bool:
    """Whether it can be given to somebody else from here."""
    return task.workflow in WAYS if task.workflow else task.subject_kind not in PERSONAL


async def task_of(session: AsyncSession, task_id: UUID) -> Task:
    return await own_row(session, Task, task_id, lock=True)


async def hand(session: AsyncSession, task: Task, actor: Actor, given: Hand, now: datetime) -> None:
    """The permissions and rules are those of the record; sent twice it goes once. Raises what they refuse."""
    if given.to_id not in {m.id for m in await members(session)}:
        raise Invalid(fields={"to_id": LEFT})
    if task.assignee_id == given.to_id or task.covered_id == given.to_id:
        return
    if task.done_at is not None:
        raise Conflict(_("This is done already."))
    if not movable(task):
        raise Forbidden(_("This belongs to one person: nobody can do it for them."), action="teams.hand")
    if task.workflow:
        way = WAYS[task.workflow]
        assert task.subject_id is not None
        await perform(session, way.workflow, task.subject_id, way.action, actor, way.form(given), now=now)
    else:
        await _hand_task(session, task, actor, given, now)


async def _hand_task(session: AsyncSession, task: Task, actor: Actor, given: Hand, now: datetime) -> None:
    if task.assignee_id != actor.id and not actor.may("tasks.assign"):
        raise Forbidden(_("You hand over what is yours; a manager what is anybody’s."), action="teams.hand")
    await route(session, task, given.to_id, now)
    record(session, actor, "teams.hand", now, subject=task, client_id=task.client_id, summary=str(task.step),
           reason=given.reason)  # fmt: skip
    told = {task.assignee_id} - {actor.id, None}
    said = _("%(name)s hands you: %(title)s: %(state)s", name=actor.name, title=task.title, state=task.step)
    await notify(session, [m for m in told if m is not None], "assigned", said, task.url, now)
