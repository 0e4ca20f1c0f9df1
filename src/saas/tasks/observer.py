"""Keeps one open task for every record that waits for somebody: told of each transition in its transaction."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.i18n import Text
from saas.kernel.module import Transition
from saas.kernel.workflow import Workflow
from saas.tasks.models import Task
from saas.tasks.routing import route


async def follow(session: AsyncSession, step: Transition) -> None:
    """Close the row of the state that was left, open one for the state that was entered."""
    row, workflow = step.row, step.workflow
    state = workflow.state(step.target)
    task = await session.scalar(
        select(Task).where(
            Task.firm_id == row.firm_id, Task.subject_id == row.id, Task.workflow != "", Task.done_at.is_(None)
        )
    )
    if task is not None and (state.final or task.step != state.label):
        task.finish(step.now, step.actor.id)
        await session.flush()
        task = None
    if state.final or state.responsible == "system":
        return
    if task is None:
        task = Task(
            workflow=workflow.name,
            subject_kind=workflow.name,
            subject_id=row.id,
            client_id=row.subject_client_id,
            title=title_of(workflow, row),
            step=state.label,
            url=workflow.url(row),
            created_at=step.now,
        )
        session.add(task)
    await _assign(session, task, step, row)
    task.severity = getattr(row, "severity", "")
    task.due_at = min((d for d in (row.stage_due_at, row.due_at) if d is not None), default=None)
    task.paused_since = step.now if state.pauses else None
    task.waits_for = state.responsible if state.pauses else ""


async def _assign(session: AsyncSession, task: Task, step: Transition, row: Any) -> None:
    """The record's owner where it is the owner's turn, or who stands in; else anyone with the responsible role."""
    responsible = step.workflow.state(step.target).responsible
    owner: UUID | None = step.workflow.assignee(row) if step.workflow.assignee else None
    mine = responsible in ("assignee", "client")
    await route(session, task, owner if mine else None, step.now)
    task.role = "" if mine and owner else ("bookkeeper" if mine else responsible)


def title_of(workflow: Workflow, row: Any) -> Text:
    """What a task about this record is called: ledger text and names stay as entered."""
    title = workflow.title(row)
    return title if isinstance(title, Text) else Text(title)
