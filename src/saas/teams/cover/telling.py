"""Deputies learn of what reaches them in somebody's stead, and of approvals that were left to them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.notifications import notify
from saas.identity.queries import members_by_id
from saas.kernel.clock import CHINA
from saas.kernel.i18n import _
from saas.kernel.module import Transition
from saas.kernel.tenancy import of_this_firm
from saas.tasks.models import Task
from saas.teams.cover import cover_queries as queries
from saas.teams.cover.arranging import shared_roles


async def tell(session: AsyncSession, step: Transition) -> None:
    """After the task of the new state was given. Nobody's rights change: who may not, is refused as ever."""
    state = step.workflow.state(step.target)
    if (step.source == step.target and step.action != "hand_to") or state.final:
        return
    active = await queries.on_day(session, step.now.astimezone(CHINA).date())
    if not active:
        return
    names, told = await members_by_id(session), {}
    if state.responsible in ("assignee", "client"):
        task = await session.scalar(
            select(Task).where(
                of_this_firm(Task), Task.subject_id == step.row.id, Task.workflow != "", Task.done_at.is_(None)
            )
        )
        if task is not None and task.assignee_id and task.covered_id:
            told[task.assignee_id] = names[task.covered_id]
    else:
        for cover in active:
            to, absent = names.get(cover.approver_id) if cover.approver_id else None, names[cover.member_id]
            if to is not None and to.left_at is None and state.responsible in shared_roles(absent, to):
                told[to.id] = absent
    for member_id, absent in told.items():
        if member_id != step.actor.id:
            said = _("In place of %(name)s: %(title)s: %(state)s", name=absent.name,
                     title=step.workflow.title(step.row), state=state.label)  # fmt: skip
            await notify(session, [member_id], "assigned", said, step.workflow.url(step.row), step.now)
