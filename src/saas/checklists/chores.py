"""Tasks beside a run: steps of another role, and what is told when a run is late or comes back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from saas.checklists.models import ChecklistRun, ChecklistStep
from saas.checklists.workflow import RUN
from saas.firms.notifications import notify
from saas.firms.queries import with_roles
from saas.kernel import clock
from saas.kernel.i18n import Text, _
from saas.kernel.module import Event
from saas.tasks import queries as tasks
from saas.tasks.errands import open_of
from saas.tasks.models import Task
from saas.tasks.observer import title_of

OF_STEP = "Step %(number)s: %(title)s"


def step_words(step: ChecklistStep) -> Text:
    return _("Step %(number)s: %(title)s", number=step.position, title=step.title)


async def give_steps(session: AsyncSession, run: ChecklistRun, steps: Sequence[ChecklistStep], now: datetime) -> None:
    """A task for each step that belongs to another role than the run; the run's own task covers the rest."""
    for step in steps:
        if step.role != run.lead and not (run.lead == "reviewer" and step.role == "bookkeeper"):
            session.add(
                Task(
                    subject_kind=RUN.name,
                    subject_id=run.id,
                    client_id=run.client_id,
                    title=title_of(RUN, run),
                    step=step_words(step),
                    url=f"{RUN.url(run)}#step-{step.position}",
                    role=step.role,
                    created_at=now,
                    due_at=step.due_at or run.due_at,
                )
            )
    await session.flush()


async def end_step(session: AsyncSession, run: ChecklistRun, step: ChecklistStep, event: Event) -> None:
    """The task of a step that was ticked."""
    for task in await open_of(session, run.id):
        if task.step.msgid == OF_STEP and task.step.params.get("number") == step.position:
            task.finish(event.now, event.actor.id)
    await session.flush()


async def end_all(session: AsyncSession, event: Event) -> None:
    """A run that is closed leaves nobody anything to do."""
    for task in await open_of(session, event.row.id):
        task.finish(event.now, event.actor.id)
    await session.flush()


async def returned(session: AsyncSession, event: Event) -> None:
    """Whoever did it hears that it came back, and why."""
    run: ChecklistRun = event.row
    if run.preparer_id is not None and run.preparer_id != event.actor.id:
        said = _("Sent back: %(title)s", title=title_of(RUN, run))
        await notify(session, [run.preparer_id], "assigned", said, RUN.url(run), event.now)


async def taken(session: AsyncSession, event: Event) -> None:
    """Whoever has it now is told."""
    run: ChecklistRun = event.row
    if run.preparer_id is not None and run.preparer_id != event.actor.id:
        said = _("%(title)s: %(state)s", title=title_of(RUN, run), state=RUN.state(run.state).label)
        await notify(session, [run.preparer_id], "assigned", said, RUN.url(run), event.now)


async def escalate(session: AsyncSession) -> None:
    """Hourly: a run past its time is told to whoever has it and to the managers, once."""
    now = clock.now()
    late = [task for task in await tasks.overdue(session, now) if task.subject_kind == RUN.name and task.workflow]
    managers = [m.id for m in await with_roles(session, ["manager"]) or await with_roles(session, ["owner"])]
    for task in late:
        task.escalated_at = now
        told = {*managers, *([task.assignee_id] if task.assignee_id else [])}
        await notify(session, told, "escalation", _("Overdue: %(title)s", title=task.title), task.url, now)
