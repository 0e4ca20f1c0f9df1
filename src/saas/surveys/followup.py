"""What an answer sets going: it stands on the client's timeline, and a low one opens a follow-up with an owner."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.audit import record
from saas.kernel.i18n import Text, _
from saas.kernel.module import Event
from saas.kernel.perform import calendar_of
from saas.surveys.models import Survey
from saas.surveys.questions import LOW, in_words, lowest
from saas.surveys.subjects import about
from saas.tasks.models import Task

REPLY_WITHIN = 2 * 450  # working minutes


async def after_answer(session: AsyncSession, event: Event) -> None:
    survey: Survey = event.row
    values: dict[str, int] = event.detail["values"]
    given = "、".join(f"{short} {value}/5" for short, value, _word in in_words(values))
    record(
        session, event.actor, "surveys.answer", event.now, subject=survey, client_id=survey.client_id, timeline=True,
        summary=f"{given} {event.detail['text'][:160]}".strip(),
    )  # fmt: skip
    if lowest(values) > LOW:
        return
    subject = await about(session, survey.subject_kind, survey.subject_id)
    due, _provisional = (await calendar_of(session)).add_minutes(event.now, REPLY_WITHIN)
    session.add(
        Task(
            subject_kind="survey",
            subject_id=survey.id,
            client_id=survey.client_id,
            title=subject.title if isinstance(subject.title, Text) else Text(subject.title),
            step=_("Call the client: the answer was %(value)s of 5", value=lowest(values)),
            url=subject.url,
            role="manager",
            created_at=event.now,
            due_at=due,
        )
    )
