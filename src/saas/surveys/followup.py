"""What an answer sets going: it stands on the client's timeline, gets its themes, and a low one a follow-up."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.i18n import Text, _, listed
from saas.kernel.module import Event
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm
from saas.surveys.models import FollowUp, NoteRecipient, Survey
from saas.surveys.questions import Given, asked, in_words
from saas.surveys.subjects import about
from saas.surveys.tagging import suggest
from saas.tasks.errands import open_of
from saas.tasks.models import Task
from saas.tasks.routing import route

REPLY_WITHIN = 2 * 450  # working minutes
KIND = "survey"  # of the task


async def after_answer(session: AsyncSession, event: Event) -> None:
    survey: Survey = event.row
    given = in_words(asked(survey.questions), event.detail["values"])
    said = listed(one.brief for one in given if one.question.kind != "text")
    words = [event.detail["text"], *(str(one.value) for one in given if one.question.kind == "text")]
    record(
        session, event.actor, "surveys.answer", event.now, subject=survey, client_id=survey.client_id, timeline=True,
        summary=f"{said} {' '.join(words)[:160]}".strip(),
    )  # fmt: skip
    await suggest(session, survey.id, "\n".join(words), event.now)
    if event.detail["low"]:
        await _open(session, survey, next(one for one in given if one.low), event.now)


async def of_survey(session: AsyncSession, survey_id: UUID) -> FollowUp | None:
    query = select(FollowUp).where(of_this_firm(FollowUp), FollowUp.survey_id == survey_id)
    found: FollowUp | None = await session.scalar(query)
    return found


async def _open(session: AsyncSession, survey: Survey, worst: Given, now: datetime) -> None:
    """One follow-up a survey: a second low answer while it is open changes nothing, after a reply it opens again."""
    due, _provisional = (await calendar_of(session)).add_minutes(now, REPLY_WITHIN)
    known = await of_survey(session, survey.id)
    if known is not None and known.replied_at is None:
        return
    if known is None:
        session.add(FollowUp(survey_id=survey.id, opened_at=now, due_at=due))
    else:
        known.opened_at, known.due_at, known.replied_at, known.replied_by = now, due, None, None
    subject = await about(session, survey.subject_kind, survey.subject_id)
    step = (
        _("Call the client: the answer was %(value)s of 5", value=worst.value)
        if worst.most == 5
        else _("Call the client: the answer was %(answer)s", answer=worst.brief)
    )
    task = Task(
        subject_kind=KIND, subject_id=survey.id, client_id=survey.client_id, step=step, url=f"/surveys/{survey.id}",
        title=subject.title if isinstance(subject.title, Text) else Text(subject.title), role="manager",
        created_at=now, due_at=due,
    )  # fmt: skip
    await route(session, task, known.owner_id if known is not None else None, now)
    session.add(task)
    await session.flush()


async def give_to(session: AsyncSession, actor: Actor, survey: Survey, row: FollowUp, owner_id: UUID, due_at: datetime,
                  now: datetime) -> None:  # fmt: skip
    """Another owner or another day, for the task in My work as well."""
    if (row.owner_id, row.due_at) == (owner_id, due_at):
        return
    row.owner_id, row.due_at = owner_id, due_at
    for task in await open_of(session, survey.id):
        task.due_at = due_at
        await route(session, task, owner_id, now)
    record(session, actor, "surveys.follow", now, subject=survey, client_id=survey.client_id, due=due_at.isoformat())
    await session.flush()


async def reply(
    session: AsyncSession, actor: Actor, survey: Survey, row: FollowUp, channel: str, text: str, now: datetime
) -> None:
    """What was said to the client ends the follow-up and its task; the same words twice are one reply."""
    if row.replied_at is not None:
        return
    row.channel, row.reply, row.replied_at, row.replied_by = channel, text, now, actor.id
    for task in await open_of(session, survey.id):
        task.finish(now, actor.id)
    record(session, actor, "surveys.reply", now, subject=survey, client_id=survey.client_id, timeline=True,
           summary=text[:200])  # fmt: skip
    await session.flush()


async def follow_merge(session: AsyncSession, event: Event) -> None:
    """Surveys of a merged client, and the notes to it, go to the other one."""
    into, merged_id = event.row, event.detail["merged_id"]
    for table in (Survey, NoteRecipient):
        mine = (table.firm_id == into.firm_id, table.client_id == merged_id)
        await session.execute(update(table).where(*mine).values(client_id=into.id))
