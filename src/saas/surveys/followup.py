"""What an answer sets going: it stands on the client's timeline, and a low one opens a follow-up with an owner."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.models import Case
from saas.kernel.audit import record
from saas.kernel.i18n import _
from saas.kernel.module import Event
from saas.kernel.perform import calendar_of
from saas.surveys.models import Survey
from saas.surveys.questions import LOW
from saas.tasks.models import Task

REPLY_WITHIN = 2 * 450  # working minutes


async def after_answer(session: AsyncSession, event: Event) -> None:
    survey: Survey = event.row
    value = event.detail["satisfaction"]
    record(
        session, event.actor, "surveys.answer", event.now, subject=survey, client_id=survey.client_id, timeline=True,
        summary=f"{value}/5 {event.detail['text'][:160]}".strip(),
    )  # fmt: skip
    if value > LOW:
        return
    case = (await session.execute(select(Case).where(Case.id == survey.subject_id))).scalar_one()
    due, _provisional = (await calendar_of(session)).add_minutes(event.now, REPLY_WITHIN)
    session.add(
        Task(
            subject_kind="survey",
            subject_id=survey.id,
            client_id=survey.client_id,
            title=case.title,
            step=_("Call the client: the answer was %(value)s of 5", value=value),
            url=f"/cases/{case.id}",
            role="manager",
            created_at=event.now,
            due_at=due,
        )
    )
