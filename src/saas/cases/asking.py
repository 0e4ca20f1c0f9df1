"""Questions to the client: sent by link, answered there or otherwise, and the pause of the case's clock they cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import queries
from saas.cases.models import Case
from saas.cases.question_models import Question, QuestionAnswer
from saas.cases.workflow import CASE
from saas.clients import queries as clients
from saas.clients.communication import log
from saas.clients.models import Contact
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict, Forbidden, Invalid
from saas.kernel.i18n import _
from saas.kernel.perform import locked, perform
from saas.notices.messages import MessageKind, Recipient, Words, register_message
from saas.notices.models import Delivery
from saas.notices.sending import send_message

ASKED_IN = frozenset({"confirmed", "contacted", "waiting_client"})
ANSWERED_IN = ASKED_IN | {"analysed"}  # a client may still correct an answer until the correction is drafted


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as the bookkeeper sends it: picked from the starter's and edited, or written."""

    text: str
    kind: str = "text"
    choices: tuple[str, ...] = ()
    fills: str = ""
    wanted_files: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """One answer: by whom, how, with which files."""

    text: str
    by_name: str
    how: str = "link"
    files: tuple[dict[str, Any], ...] = ()
    link_id: UUID | None = None


async def ask(
    session: AsyncSession, actor: Actor, case: Case, contact: Contact, asked: Sequence[Asked], now: datetime
) -> list[Question]:
    """Send questions by link; the case waits and its clock stands still until all are answered."""
    case = await locked(session, CASE, case.id)
    if case.state not in ASKED_IN:
        raise Conflict(_("Questions are asked while the matter is being talked over with the client."))
    if case.owner_id != actor.id:
        raise Forbidden(_("This step belongs to the case's owner."), action="case.ask", subject_id=case.id)
    if not asked:
        raise Invalid(_("Choose or write at least one question."))
    out = {(q.contact_id, q.text) for q in await queries.questions(session, case.id) if q.is_open}
    questions = [_question(case, contact, one, actor, now) for one in asked if (contact.id, one.text) not in out]
    if not questions:
        return []  # the same form sent twice
    session.add_all(questions)
    await session.flush()
    sent = await send_message(
        session, kind=QUESTION.name, subject_id=case.id, contact=contact, purpose="question", now=now
    )
    if sent is None:
        raise Invalid(_("%(name)s has no e-mail address. Telephone and record the answers here.", name=contact.name))
    client = await clients.client(session, case.client_id)
    summary = str(_("Asked: %(questions)s", questions=" ".join(f"{n}. {q.text}" for n, q in enumerate(questions, 1))))
    log(session, actor, client, now, channel=sent.channel, direction="out", summary=summary, contact=contact,
        subject_kind="case", subject_id=case.id)  # fmt: skip
    if case.state != "waiting_client":
        await perform(session, CASE, case.id, "wait", actor, now=now)
    return questions


async def answer(
    session: AsyncSession, actor: Actor, case: Case, given: Sequence[tuple[Question, Given]], now: datetime
) -> int:
    """Take answers down, the latest counting; how many were new. The same answer twice changes nothing.

    When the last open question is answered, the case goes on.
    """
    case = await locked(session, CASE, case.id)
    if case.state not in ANSWERED_IN:
        raise Conflict(_("This matter has moved on: the answers cannot be changed here any more. Please telephone us."))
    new = [(question, said) for question, said in given if _is_new(question, said)]
    for question, said in new:
        _take_down(session, actor, question, said, now)
    if new:
        await session.flush()
        await _log(session, actor, case, new, now)
        await go_on_if_answered(session, actor, case, now)
    return len(new)


async def withdraw(session: AsyncSession, actor: Actor, case: Case, question: Question, now: datetime) -> None:
    """The owner takes an unanswered question back: it is not chased any more and holds nothing up."""
    if case.owner_id != actor.id:
        raise Forbidden(_("This step belongs to the case's owner."), action="case.withdraw", subject_id=case.id)
    if question.is_open:
        question.withdrawn_at = now
        record(session, actor, "cases.withdraw_question", now, subject=question, client_id=case.client_id,
               summary=question.text[:200])  # fmt: skip
        await session.flush()
        await go_on_if_answered(session, actor, case, now)


async def go_on_if_answered(session: AsyncSession, actor: Actor, case: Case, now: datetime) -> None:
    """Nothing is open any more: the clock runs again."""
    if case.state != "waiting_client":
        return
    if not any(question.is_open for question in await queries.questions(session, case.id)):
        await perform(session, CASE, case.id, "answered", actor, now=now)


def _question(case: Case, contact: Contact, asked: Asked, actor: Actor, now: datetime) -> Question:
    return Question(
        case_id=case.id,
        contact_id=contact.id,
        text=asked.text,
        kind=asked.kind,
        choices=list(asked.choices),
        fills=asked.fills,
        wanted_files=asked.wanted_files,
        asked_by=actor.id,
        asked_at=now,
        sent_at=now,
    )


def _is_new(question: Question, said: Given) -> bool:
    if question.withdrawn_at is not None:
        return False
    return bool(said.files) or (bool(said.text) and said.text != question.answer)


def _take_down(session: AsyncSession, actor: Actor, question: Question, said: Given, now: datetime) -> None:
    text = said.text or question.answer
    session.add(
        QuestionAnswer(
            question_id=question.id,
            text=text,
            files=list(said.files),
            by_name=said.by_name,
            how=said.how,
            at=now,
            contact_id=actor.id if actor.kind == "contact" else question.contact_id,
            link_id=said.link_id,
            member_id=actor.id if actor.kind == "member" else None,
        )
    )
    question.answer, question.answered_by = text, said.by_name
    question.answered_how, question.answered_at = said.how, now
    question.files = [*question.files, *said.files]


async def _log(
    session: AsyncSession, actor: Actor, case: Case, given: Sequence[tuple[Question, Given]], now: datetime
) -> None:
    """Answers are an exchange with the client too (requirement A2.2)."""
    client = await clients.client(session, case.client_id)
    said = given[0][1]
    contact = await clients.contact(session, given[0][0].contact_id)
    files = [file for _question, one in given for file in one.files]
    log(session, actor, client, now, channel=said.how, direction="in", contact=contact,
        summary=" ".join(f"{question.text} — {one.text}" for question, one in given), files=files,
        subject_kind="case", subject_id=case.id)  # fmt: skip


async def compose(session: AsyncSession, delivery: Delivery, to: Recipient) -> Words:
    """The mail with what is still to be answered; the same for a reminder, which says so."""
    case = await queries.case(session, delivery.subject_id)
    client = await clients.client(session, case.client_id)
    asked = await queries.questions(session, case.id)
    mine = [q for q in asked if q.contact_id == to.contact.id and q.is_open]
    again = delivery.subject_kind == REMINDER.name
    name = client.name_in(to.locales[0])
    subject = (
        _("Reminder: questions about the books of %(client)s", client=name)
        if again
        else _("Questions about the books of %(client)s", client=name)
    )
    short = _("%(firm)s asks you %(n)s questions about your books. Please answer here:",
              firm=to.face.name_in(to.locales[0]), n=len(mine))  # fmt: skip
    return Words(subject, short, {"case": case, "client": client, "questions": mine, "again": again})


QUESTION = register_message(MessageKind("question", "mail/cases/question", compose, about="case"))
REMINDER = register_message(MessageKind("question_chase", "mail/cases/question", compose, about="case"))
