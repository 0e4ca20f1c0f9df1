"""What contacts say about a letter, and what we reply. Recorded once, kept for ever; repeating it changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.communication import log
from saas.clients.models import Contact
from saas.clients.queries import client as client_of
from saas.firms.notifications import notify
from saas.kernel import tenancy
from saas.kernel.access import SYSTEM, Actor
from saas.kernel.errors import Conflict, Forbidden, Missing
from saas.kernel.i18n import Locale, Text, _
from saas.kernel.module import Event
from saas.kernel.perform import locked, perform, tell
from saas.notices import queries
from saas.notices.calls import open_task
from saas.notices.dispatch import send_to
from saas.notices.forms import AnswerForm, Reply
from saas.notices.models import Answer, Notice
from saas.notices.workflow import ISSUED, LATE, NOTICE
from saas.tasks.models import Task

AnswerKind = Literal["confirm", "object"]
ACTIONS = {"confirm": "acknowledge", "object": "object"}
MOST_OPEN = 10  # questions without a reply
REPLY = _("Answer the client’s question")


@dataclass(frozen=True, slots=True)
class From:
    """Where an answer came from: kept beside it as proof."""

    address: str = ""
    browser: str = ""
    link_id: Any = None
    files: Sequence[dict[str, Any]] = ()


async def answer(
    session: AsyncSession,
    actor: Actor,
    notice: Notice,
    kind: AnswerKind,
    contact: Contact,
    form: AnswerForm,
    now: datetime,
    origin: From = From(),
) -> Answer:
    """Confirm or object. The first answer stands: the same again gives it back, another is refused in words."""
    notice = await locked(session, NOTICE, notice.id)
    given = await standing(session, notice)
    if given is not None:
        if given.kind == kind and given.contact_id == contact.id:
            return given
        raise Conflict(_("This letter was already answered by %(name)s. Please telephone us to change it.",
                         name=given.signed_name))  # fmt: skip
    if notice.state not in (ISSUED | LATE if actor.kind == "member" else ISSUED):
        raise Conflict(_("This letter can no longer be answered here. Please telephone us."))
    if not contact.may_approve:
        raise Forbidden(_("Only a person authorised by your company can confirm or object. You can ask a question."))
    await perform(session, NOTICE, notice.id, ACTIONS[kind], actor, form, now=now)
    if notice.stands_alone:  # of others the record that owns the letter is told, and tells
        said = _("%(title)s: %(name)s has answered", title=notice.title, name=form.signed_name)
        await notify(session, [notice.owner_id], "answer", said, NOTICE.url(notice), now)
    return await _record(session, actor, notice, kind, contact, form, now, origin)


async def ask(
    session: AsyncSession, actor: Actor, notice: Notice, contact: Contact, form: AnswerForm, now: datetime,
    origin: From = From(),
) -> Answer:  # fmt: skip
    """A question: the author has a working day to reply. The same question twice is one question."""
    notice = await locked(session, NOTICE, notice.id)
    thread = await queries.answers(session, notice.id)
    for known in thread:
        if known.kind == "question" and known.contact_id == contact.id and known.text == form.text:
            return known
    answered = {said.reply_to_id for said in thread}
    if sum(said.kind == "question" and said.id not in answered for said in thread) >= MOST_OPEN:
        raise Conflict(_("We still owe you answers to earlier questions. Please telephone us."))
    asked = await _record(session, actor, notice, "question", contact, form, now, origin)
    await open_task(session, notice, REPLY, now)
    said = _("%(title)s: %(name)s has a question", title=notice.title, name=form.signed_name)
    await notify(session, [notice.owner_id], "answer", said, NOTICE.url(notice), now)
    detail = {"contact_name": form.signed_name, "text": form.text, "choice": "", "answer_id": str(asked.id)}
    await tell(session, Event("notice.asked", notice, actor, now, detail))
    return asked


async def reply(session: AsyncSession, actor: Actor, notice: Notice, form: Reply, now: datetime) -> Answer:
    """Our answer to a question: shown on the client's page and sent to whoever asked."""
    notice = await locked(session, NOTICE, notice.id)
    thread = await queries.answers(session, notice.id)
    question = next((a for a in thread if a.id == form.answer_id and a.kind == "question"), None)
    if question is None:
        raise Missing()
    given = next((a for a in thread if a.reply_to_id == question.id), None)
    if given is not None:
        return given
    said = Answer(
        notice_id=notice.id,
        contact_id=question.contact_id,
        kind="reply",
        signed_name=actor.name,
        text=form.text,
        at=now,
        link_id=None,
        reply_to_id=question.id,
        member_id=actor.id,
    )
    session.add(said)
    await session.flush()
    contact = await queries.contact_or_none(session, question.contact_id) if question.contact_id else None
    await _log(session, actor, notice, "reply", contact, question.signed_name, form.text, now)
    await _finish_task(session, notice, actor, now, [*thread, said])
    if contact is not None and contact.left_at is None:
        await send_to(session, notice, contact, now, kind="notice_reply")
    return said


async def seen(session: AsyncSession, link_id: Any, notice: Notice, now: datetime) -> None:
    """A person looked at the letter by this link: proof of delivery."""
    delivery = await queries.delivery_of_link(session, link_id)
    if delivery is not None:
        delivery.be_viewed(now)
    letter = await locked(session, NOTICE, notice.id)
    if any(letter.state in arrow.source for arrow in NOTICE.named("view")):
        await perform(session, NOTICE, notice.id, "view", SYSTEM, now=now)


async def standing(session: AsyncSession, notice: Notice) -> Answer | None:
    """The confirmation or objection that counts."""
    return next((a for a in await queries.answers(session, notice.id) if a.kind in ACTIONS), None)


async def _record(
    session: AsyncSession, actor: Actor, notice: Notice, kind: str, contact: Contact, form: AnswerForm, now: datetime,
    origin: From,
) -> Answer:  # fmt: skip
    said = Answer(
        notice_id=notice.id,
        contact_id=contact.id,
        kind=kind,
        signed_name=form.signed_name,
        text=form.text,
        choice=form.choice,
        at=now,
        address=origin.address,
        browser=origin.browser[:300],
        link_id=origin.link_id,
        reply_to_id=None,
        member_id=actor.id if actor.kind == "member" else None,
        how=form.how,
        files=list(origin.files),
    )
    session.add(said)
    await session.flush()
    await _log(session, actor, notice, kind, contact, form.signed_name, form.text, now, form.how, origin.files)
    return said


async def _log(
    session: AsyncSession, actor: Actor, notice: Notice, kind: str, contact: Contact | None, name: str, text: str,
    now: datetime, how: str = "link", files: Sequence[dict[str, Any]] = (),
) -> None:  # fmt: skip
    """Every answer is also an exchange with the client, in the firm's language."""
    language: Locale = "en" if (await queries.firm(session)).locale == "en" else "zh"
    log(
        session, actor, await client_of(session, notice.client_id), now,
        channel={"link": "link", "paper": "letter", "email": "email"}[how],
        direction="out" if kind == "reply" else "in",
        summary=_summary(kind, notice.number, text).to(language), contact=contact, contact_name=name, files=files,
        subject_kind="notice", subject_id=notice.id,
    )  # fmt: skip


def _summary(kind: str, serial: str, text: str) -> Text:
    """What the communication log says about it."""
    if kind == "confirm":
        return _("Confirmed the letter %(serial)s", serial=serial)
    if kind == "object":
        return _("Objected to the letter %(serial)s: %(text)s", serial=serial, text=text)
    if kind == "question":
        return _("Asked about the letter %(serial)s: %(text)s", serial=serial, text=text)
    return _("Replied about the letter %(serial)s: %(text)s", serial=serial, text=text)


async def _finish_task(
    session: AsyncSession, notice: Notice, actor: Actor, now: datetime, thread: Sequence[Answer]
) -> None:
    """One task a question: the oldest open one is done."""
    query = select(Task).where(
        Task.firm_id == tenancy.current_firm_id(),
        Task.subject_id == notice.id,
        Task.step == REPLY,
        Task.done_at.is_(None),
    )
    task = (await session.scalars(query.order_by(Task.created_at).limit(1))).first()
    if task is not None:
        task.finish(now, actor.id)
