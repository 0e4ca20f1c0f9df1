"""Reminders to a client who has not answered, and the manager's turn after the last (domain.md W2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import chores, queries
from saas.cases.asking import REMINDER
from saas.cases.models import Case
from saas.cases.question_models import Question
from saas.cases.workflow import CASE
from saas.clients import queries as clients
from saas.firms.notifications import notify
from saas.firms.queries import with_roles
from saas.kernel import clock
from saas.kernel.access import SYSTEM
from saas.kernel.audit import record
from saas.kernel.calendar import Calendar
from saas.kernel.errors import Missing
from saas.kernel.i18n import _
from saas.kernel.perform import calendar_of
from saas.notices.sending import send_message
from saas.tasks import errands

REMINDERS = (2, 4, 6)  # working days after the question went out; with the last one the manager hears of it


async def chase(session: AsyncSession) -> None:
    """Hourly: remind whoever is due, once a step. Only in working hours: nobody wants mail from us at night."""
    calendar, now = await calendar_of(session), clock.now()
    if not _at_work(calendar, now):
        return
    batches: dict[tuple[UUID, UUID], list[tuple[Question, Case]]] = {}
    for question, case in await queries.unanswered(session):
        batches.setdefault((case.id, question.contact_id), []).append((question, case))
    for batch in batches.values():
        await _remind(session, calendar, batch[0][1], [question for question, _case in batch], now)


async def _remind(
    session: AsyncSession, calendar: Calendar, case: Case, questions: Sequence[Question], now: datetime
) -> None:
    """One mail for all open questions of one person, counted from the oldest."""
    oldest = questions[0]
    waited = _working_days(calendar, oldest, now)
    due = sum(waited >= days for days in REMINDERS)
    if due <= oldest.chased:
        return
    for question in questions:
        question.chased = max(question.chased, due)
    try:
        contact = await clients.contact(session, oldest.contact_id)
    except Missing:
        contact = None
    if contact is not None and contact.left_at is None:
        await send_message(
            session, kind=REMINDER.name, subject_id=case.id, contact=contact, purpose="question", now=now
        )
        record(session, SYSTEM, "cases.remind", now, subject=case, client_id=case.client_id, timeline=True,
               summary=contact.name, number=due)  # fmt: skip
    if due == len(REMINDERS):
        await _escalate(session, case, questions, now)


async def _escalate(session: AsyncSession, case: Case, questions: Sequence[Question], now: datetime) -> None:
    """A task for the manager, who telephones, finds another contact, or withdraws the questions."""
    if any(question.escalated_at is not None for question in questions):
        return
    for question in questions:
        question.escalated_at = now
    await errands.give(session, CASE, case, chores.TAKE_OVER, now, role="manager")
    record(session, SYSTEM, "cases.escalate", now, subject=case, client_id=case.client_id, timeline=True)
    managers = await with_roles(session, ["manager"]) or await with_roles(session, ["owner"])
    told = [*(m.id for m in managers), *([case.owner_id] if case.owner_id else [])]
    said = _("The client does not answer: %(title)s", title=case.title)
    await notify(session, told, "escalation", said, CASE.url(case), now)


def _working_days(calendar: Calendar, question: Question, now: datetime) -> int:
    if question.sent_at is None:
        return 0
    return calendar.working_days(question.sent_at.astimezone(clock.CHINA).date(), now.astimezone(clock.CHINA).date())


def _at_work(calendar: Calendar, now: datetime) -> bool:
    local = now.astimezone(clock.CHINA)
    minute = local.hour * 60 + local.minute
    return any(stretch.start <= minute < stretch.end for stretch in calendar.hours_of(local.date()))
