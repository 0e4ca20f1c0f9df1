"""Asking once something is settled: the first contact who may approve gets a few questions by link."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.queries import approvers
from saas.kernel import clock
from saas.kernel.i18n import _
from saas.kernel.tenancy import of_this_firm
from saas.notices.messages import MessageKind, Recipient, Words, register_message
from saas.notices.models import Delivery
from saas.notices.sending import send_message
from saas.surveys.models import Survey
from saas.surveys.questions import QUESTIONS
from saas.surveys.subjects import About, about

QUIET = timedelta(days=30)  # nobody is asked twice about the same kind of thing within this time
OPEN_FOR = timedelta(days=21)


async def send(session: AsyncSession, subject_id: str) -> None:
    """The job after `case.verified`."""
    await _ask(session, await about(session, "case", UUID(subject_id)), CASE_MESSAGE)


async def send_after_refund(session: AsyncSession, subject_id: str) -> None:
    """The job after `refund.paid`; the archive does not wait for it."""
    await _ask(session, await about(session, "refund", UUID(subject_id)), REFUND_MESSAGE)


async def _ask(session: AsyncSession, subject: About, message: MessageKind) -> None:
    """One survey to the first contact who may approve, unless one was asked lately or about this already."""
    people = await approvers(session, subject.client_id)
    now = clock.now()
    if not people or await _asked_lately(session, subject, people[0].id):
        return
    survey = Survey(
        client_id=subject.client_id,
        contact_id=people[0].id,
        subject_kind=subject.kind,
        subject_id=subject.id,
        handler_id=subject.handler_id,
        questions=[question.store() for question in QUESTIONS[subject.kind]],
        created_at=now,
    )
    session.add(survey)
    await session.flush()
    sent = await send_message(
        session, kind=message.name, subject_id=survey.id, contact=people[0], purpose="survey", now=now, life=OPEN_FOR
    )
    survey.sent_at = now if sent is not None else None


async def _asked_lately(session: AsyncSession, subject: About, contact_id: UUID) -> bool:
    query = select(Survey.id).where(
        of_this_firm(Survey), Survey.contact_id == contact_id, Survey.subject_kind == subject.kind,
        Survey.created_at > clock.now() - QUIET,
    )  # fmt: skip
    same = select(Survey.id).where(of_this_firm(Survey), Survey.subject_id == subject.id)
    return await session.scalar(query.union(same).limit(1)) is not None


async def compose(session: AsyncSession, delivery: Delivery, to: Recipient) -> Words:
    subject = await _of_delivery(session, delivery)
    words = _("One question about %(title)s", title=subject.title)
    return Words(words, words, {"about": subject})


async def compose_after_refund(session: AsyncSession, delivery: Delivery, to: Recipient) -> Words:
    subject = await _of_delivery(session, delivery)
    words = _("Three questions about your refund %(number)s", number=subject.number)
    return Words(words, words, {"about": subject})


async def _of_delivery(session: AsyncSession, delivery: Delivery) -> About:
    query = select(Survey).where(of_this_firm(Survey), Survey.id == delivery.subject_id)
    survey = (await session.execute(query)).scalar_one()
    return await about(session, survey.subject_kind, survey.subject_id)


CASE_MESSAGE = register_message(MessageKind("survey", "mail/surveys/question", compose))
REFUND_MESSAGE = register_message(MessageKind("survey_refund", "mail/surveys/refund", compose_after_refund))
