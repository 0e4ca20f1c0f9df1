"""How an assignment ends: passed, waived by a manager, or with the membership."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict, Forbidden
from saas.kernel.i18n import _
from saas.kernel.module import Event, Holding
from saas.training.assigning import queries
from saas.training.assigning.assign import end_task
from saas.training.duty_models import Assignment
from saas.training.exam_models import Certificate


async def passed(session: AsyncSession, event: Event) -> None:
    """Whatever it was assigned for: who passed has done it."""
    paper: Certificate = event.row
    assignment = await queries.open_of(session, paper.member_id, paper.course_id)
    if assignment is None:
        return
    assignment.done_at, assignment.certificate_id = event.now, paper.id
    await end_task(session, assignment, event.now, paper.member_id)


async def waive(session: AsyncSession, assignment: Assignment, reason: str, actor: Actor, now: datetime) -> None:
    """Let somebody off, with a reason; nobody does it for themselves."""
    if assignment.member_id == actor.id:
        raise Forbidden(_("Nobody lets themselves off a course: another manager decides."), action="training.waive",
                        subject_id=assignment.id)  # fmt: skip
    if assignment.waived_at is not None:
        return
    if assignment.done_at is not None:
        raise Conflict(_("The course was passed meanwhile. Nothing was changed."))
    assignment.waived_at, assignment.waived_by, assignment.waived_why = now, actor.id, reason
    await end_task(session, assignment, now, actor.id)
    record(session, actor, "training.waive", now, subject=assignment, reason=reason)


async def holdings(session: AsyncSession, member_id: UUID) -> Sequence[Holding]:
    """Courses somebody still has to pass: they end with the membership, nobody takes them over."""
    return [Holding(_("Courses to pass (they end)"), len(await queries.due_of(session, member_id)))]


async def follow_leaving(session: AsyncSession, event: Event) -> None:
    for assignment in await queries.due_of(session, UUID(event.detail["member_id"])):
        assignment.waived_at, assignment.waived_by = event.now, event.actor.id
        assignment.waived_why = str(_("%(name)s leaves the firm", name=event.row.name))
        await end_task(session, assignment, event.now, event.actor.id)
