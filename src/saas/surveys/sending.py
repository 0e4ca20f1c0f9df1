"""Asking when the firm decided to: the first contact who may approve gets a few questions by link."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.clients.models import Contact
from saas.kernel import clock
from saas.kernel.i18n import LOCALES, Both, Text
from saas.kernel.outbox import enqueue
from saas.kernel.tenancy import of_this_firm
from saas.notices.messages import MessageKind, Recipient, Words, register_message
from saas.notices.models import Delivery
from saas.notices.sending import send_message
from saas.surveys import queries
from saas.surveys.models import Questionnaire, Survey
from saas.surveys.subjects import About, about

OPEN_FOR = timedelta(days=21)


async def send(session: AsyncSession, subject_id: str) -> None:
    """The job after `case.verified`."""
    await came(session, "cure", "case", subject_id)


async def send_after_refund(session: AsyncSession, subject_id: str) -> None:
    """The job after `refund.paid`; the archive does not wait for it."""
    await came(session, "payment", "refund", subject_id)


async def send_to_lost(session: AsyncSession, subject_id: str) -> None:
    """The job after `client.archived`: why did they leave?"""
    await came(session, "lost", "client", subject_id)


async def came(session: AsyncSession, occasion: str, kind: str, subject_id: str) -> None:
    """An occasion came: every questionnaire for it asks now, or once its days have passed."""
    for one in await queries.asking(session, occasion, clock.today()):
        if one.wait_days:
            due_at = clock.now() + timedelta(days=one.wait_days)
            enqueue(session, "surveys.ask", due_at=due_at, occasion=occasion, key=one.key, kind=kind,
                    subject_id=subject_id)  # fmt: skip
        else:
            await ask(session, one, await about(session, kind, UUID(subject_id)))


async def ask_later(session: AsyncSession, occasion: str, key: str, kind: str, subject_id: str) -> None:
    """The job of an occasion that waited; a questionnaire turned off meanwhile asks nobody."""
    for one in await queries.asking(session, occasion, clock.today()):
        if one.key == key:
            await ask(session, one, await about(session, kind, UUID(subject_id)))


async def ask(session: AsyncSession, wanted: Questionnaire, subject: About, period: str = "") -> Survey | None:
    """One survey, unless this person was asked lately or about this already, or the client is not there any more."""
    person = await _whom(session, wanted.occasion, subject.client_id)
    now = clock.now()
    if person is None or await queries.asked_about(session, wanted.key, subject.id, period):
        return None
    if await queries.asked_since(session, person.id, now - timedelta(days=wanted.quiet_days)):
        return None
    survey = Survey(
        client_id=subject.client_id, contact_id=person.id, subject_kind=subject.kind, subject_id=subject.id,
        handler_id=subject.handler_id, questionnaire=wanted.key, version=wanted.version, occasion=wanted.occasion,
        period=period, subject=wanted.subject, intro=wanted.intro, questions=wanted.questions, created_at=now,
    )  # fmt: skip
    session.add(survey)
    await session.flush()
    kind = REFUND_MESSAGE if subject.kind == "refund" else MESSAGE
    sent = await send_message(
        session, kind=kind.name, subject_id=survey.id, contact=person, purpose="survey", now=now, life=OPEN_FOR
    )
    survey.sent_at = now if sent is not None else None
    return survey


async def _whom(session: AsyncSession, occasion: str, client_id: UUID) -> Contact | None:
    """The first who may approve, held so that two occasions at once ask once; only a lost client is archived."""
    client = await clients.client(session, client_id)
    if client.merged_into_id is not None or (client.archived_at is not None) != (occasion == "lost"):
        return None
    people = await clients.approvers(session, client_id)
    if not people:
        return None
    query = select(Contact).where(of_this_firm(Contact), Contact.id == people[0].id)
    return (await session.scalars(query.with_for_update())).one()


async def compose(session: AsyncSession, delivery: Delivery, to: Recipient) -> Words:
    query = select(Survey).where(of_this_firm(Survey), Survey.id == delivery.subject_id)
    survey = (await session.execute(query)).scalar_one()
    subject = await about(session, survey.subject_kind, survey.subject_id)
    words = worded(survey.subject, subject.title)
    return Words(words, words, {"intro": worded(survey.intro, subject.title)})


def worded(texts: Mapping[str, str], about_title: Text | str) -> Both:
    """A sentence the firm wrote in both languages, with {title} filled in."""
    zh, en = (
        texts.get(locale, "").replace(
            "{title}", about_title.to(locale) if isinstance(about_title, Text) else about_title
        )
        for locale in LOCALES
    )
    return Both(zh, en)


MESSAGE = register_message(MessageKind("survey", "mail/surveys/question", compose))
REFUND_MESSAGE = register_message(MessageKind("survey_refund", "mail/surveys/question", compose))
