"""Tasks of a drill in My work: participants are called, released, and whoever keeps the yearly plan is reminded."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.notifications import notify
from saas.kernel import clock
from saas.kernel.i18n import Text, _
from saas.kernel.perform import calendar_of
from saas.risks.drill_models import Drill, DrillPlan
from saas.risks.drills import queries
from saas.risks.drills.workflow import DRILL
from saas.tasks import errands
from saas.tasks.models import Task

WORK = _("Enter the sandbox, find the errors and deal with them")
PREPARE = _("Plan the drill that comes back now")
AHEAD = timedelta(days=14)


async def call_participants(session: AsyncSession, drill: Drill, now: datetime) -> None:
    """The sandbox is open: a task and a notification for everybody who takes part."""
    members = [UUID(each) for each in drill.participants]
    for member in members:
        await errands.give(session, DRILL, drill, WORK, now, assignee_id=member)
    told = _("The drill “%(title)s” has begun.", title=drill.title)
    await notify(session, members, "assigned", told, DRILL.url(drill), now)


async def release_participants(session: AsyncSession, drill: Drill, now: datetime) -> None:
    await errands.finish(session, drill.id, [WORK.msgid], now, None)


async def remind(session: AsyncSession) -> None:
    """Daily: two weeks before a drill of the yearly plan comes back, its keeper has a task, once."""
    now, today = clock.now(), clock.today()
    calendar = await calendar_of(session)
    for plan in await queries.plans_due(session, today + AHEAD):
        plan.reminded_for = plan.next_on
        session.add(
            Task(
                subject_kind="drill_plan",
                subject_id=plan.id,
                title=Text(plan.title),
                step=PREPARE,
                url=url_of(plan),
                assignee_id=plan.keeper_id,
                created_at=now,
                due_at=calendar.add_minutes(now, 5 * calendar.minutes_per_day)[0],
            )
        )


def url_of(plan: DrillPlan) -> str:
    return f"/risks/drills/new?plan={plan.id}"
