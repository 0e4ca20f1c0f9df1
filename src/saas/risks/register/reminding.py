"""Reviews that come up become tasks: of a risk for its owner, of a playbook for whoever keeps it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock
from saas.kernel.i18n import Text, _
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm
from saas.risks.playbooks.playbook_models import Playbook
from saas.risks.register import queries
from saas.risks.register.deeds import REVIEW, task_for, tasks_of
from saas.tasks.models import Task

AHEAD = 5  # working days before the day of the review
REVIEW_PLAN = _("Review the playbook")


async def remind(session: AsyncSession, now: datetime | None = None) -> None:
    """The daily job: one open task for each review that comes up; a second run adds none."""
    at = now or clock.now()
    calendar = await calendar_of(session)
    by = calendar.add_working_days(at.astimezone(clock.CHINA).date(), AHEAD)
    for risk in await queries.due_for_review(session, by):
        if not await tasks_of(session, risk.id, REVIEW.msgid):
            session.add(task_for(risk, REVIEW, at, subject_id=risk.id, assignee_id=risk.owner_id,
                                 due_at=calendar.close_of(risk.review_on)))  # fmt: skip
    query = select(Playbook).where(of_this_firm(Playbook), Playbook.is_on, Playbook.review_on <= by)
    for playbook in (await session.scalars(query)).all():
        if not await tasks_of(session, playbook.id, REVIEW_PLAN.msgid):
            session.add(_plan_task(playbook, at, calendar.close_of(playbook.review_on)))
    await session.flush()


async def run(session: AsyncSession) -> None:
    """The job itself."""
    await remind(session)


def _plan_task(playbook: Playbook, now: datetime, due_at: datetime) -> Task:
    return Task(
        subject_kind="risk", subject_id=playbook.id, title=Text("%(what)s", what=playbook.title), step=REVIEW_PLAN,
        url=f"/playbooks/{playbook.id}", role="" if playbook.owner_id else "manager", assignee_id=playbook.owner_id,
        created_at=now, due_at=due_at,
    )  # fmt: skip


async def end_plan_tasks(session: AsyncSession, playbook_id: UUID, now: datetime, by: UUID | None) -> None:
    for task in await tasks_of(session, playbook_id, REVIEW_PLAN.msgid):
        task.finish(now, by)
