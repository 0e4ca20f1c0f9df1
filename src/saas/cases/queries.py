"""Every SELECT on cases."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.models import Case, Lesson, Question
from saas.cases.rules import CaseFacts
from saas.clients.models import Communication
from saas.identity.queries import members
from saas.kernel import clock
from saas.kernel.perform import calendar_of
from saas.notices.models import Delivery, Notice


async def case_facts(session: AsyncSession, case: Case) -> CaseFacts:
    """What the rules of the workflow look at, loaded in one place."""
    talks = select(func.count()).where(
        Communication.firm_id == case.firm_id,
        Communication.subject_id == case.id,
        Communication.addendum_to_id.is_(None),
    )
    asked = select(func.count()).where(
        Question.firm_id == case.firm_id, Question.case_id == case.id, Question.answered_at.is_(None)
    )
    lessons = select(func.count()).where(Lesson.firm_id == case.firm_id, Lesson.case_id == case.id)
    silent_days, calls = await _silence(session, case)
    return CaseFacts(
        communications=await session.scalar(talks) or 0,
        open_questions=await session.scalar(asked) or 0,
        has_lesson=bool(await session.scalar(lessons)),
        editors=frozenset(case.extra.get("editors", ())),
        silent_days=silent_days,
        calls=calls,
        client_must_say_yes=bool(case.extra.get("client_must_say_yes")),
        needs_manager=bool(case.extra.get("needs_manager")),
        members=frozenset(m.id for m in await members(session)),
    )


async def _silence(session: AsyncSession, case: Case) -> tuple[int, int]:
    """Working days since the notice was issued without an answer, and the calls recorded for it."""
    if case.notice_id is None:
        return 0, 0
    notice = await session.scalar(select(Notice).where(Notice.firm_id == case.firm_id, Notice.id == case.notice_id))
    calls = select(func.count()).where(
        Delivery.firm_id == case.firm_id, Delivery.notice_id == case.notice_id, Delivery.channel == "phone",
        Delivery.reference != "", Delivery.reply != "",
    )  # fmt: skip
    if notice is None or notice.issued_at is None or notice.answered_at is not None:
        return 0, await session.scalar(calls) or 0
    calendar = await calendar_of(session)
    minutes = calendar.working_minutes(notice.issued_at, clock.now())
    return minutes // calendar.minutes_per_day, await session.scalar(calls) or 0
