"""Asking once a cure is proved: the contacts who approved get one question by link."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.models import Case
from saas.clients.queries import approvers
from saas.kernel import clock
from saas.kernel.i18n import _
from saas.notices.messages import MessageKind, Recipient, Words, register_message
from saas.notices.models import Delivery
from saas.notices.sending import send_message
from saas.surveys.models import Survey
from saas.surveys.questions import SATISFACTION

QUIET = timedelta(days=30)  # nobody is asked twice within this time
OPEN_FOR = timedelta(days=21)


async def send(session: AsyncSession, subject_id: str) -> None:
    """The job after `case.verified`: one survey to the first contact who may approve, unless one was asked lately."""
    case = (await session.execute(select(Case).where(Case.id == UUID(subject_id)))).scalar_one()
    people = await approvers(session, case.client_id)
    now = clock.now()
    if not people or await _asked_lately(session, case, people[0].id):
        return
    survey = Survey(
        client_id=case.client_id,
        contact_id=people[0].id,
        subject_kind="case",
        subject_id=case.id,
        handler_id=case.owner_id,
        questions=[SATISFACTION],
        created_at=now,
    )
    session.add(survey)
    await session.flush()
    sent = await send_message(
        session, kind="survey", subject_id=survey.id, contact=people[0], purpose="survey", now=now, life=OPEN_FOR
    )
    survey.sent_at = now if sent is not None else None


async def _asked_lately(session: AsyncSession, case: Case, contact_id: UUID) -> bool:
    query = select(Survey.id).where(
        Survey.firm_id == case.firm_id, Survey.contact_id == contact_id, Survey.created_at > clock.now() - QUIET
    )
    same = select(Survey.id).where(Survey.firm_id == case.firm_id, Survey.subject_id == case.id)
    return await session.scalar(query.union(same).limit(1)) is not None


async def compose(session: AsyncSession, delivery: Delivery, to: Recipient) -> Words:
    survey = (await session.execute(select(Survey).where(Survey.id == delivery.subject_id))).scalar_one()
    case = (await session.execute(select(Case).where(Case.id == survey.subject_id))).scalar_one()
    subject = _("One question about %(title)s", title=case.title)
    return Words(subject, subject, {"case": case})


MESSAGE = register_message(MessageKind("survey", "mail/surveys/question", compose))
