"""What the rules of the case look at, loaded in one place before they are asked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import faults
from saas.cases.models import Case, Lesson
from saas.cases.question_models import Question
from saas.cases.rules import SEVERE, CaseFacts
from saas.checks import queries as checks
from saas.checks.deadlines import filing_guard
from saas.clients.queries import client as client_of
from saas.clients.queries import communications
from saas.firms.choices import choice
from saas.identity.queries import members
from saas.kernel import clock
from saas.kernel.perform import calendar_of
from saas.notices.models import Delivery, Notice


async def case_facts(session: AsyncSession, case: Case) -> CaseFacts:
    """Everything the rules ask about one case."""
    talks = await communications(session, subject_id=case.id)
    mine = select(Question).where(Question.firm_id == case.firm_id, Question.case_id == case.id)
    asked = (await session.scalars(mine)).all()
    lessons = select(func.count()).where(Lesson.firm_id == case.firm_id, Lesson.case_id == case.id)
    found = await checks.of_case(session, case.id)
    silent_days, calls = await _silence(session, case)
    limit = await manager_risk(session)
    return CaseFacts(
        communications=sum(talk.addendum_to_id is None for talk in talks),
        open_questions=sum(question.is_open for question in asked),
        fault=await faults.standing(session, case.id),
        has_lesson=bool(await session.scalar(lessons)),
        evidence=len(found) + len(case.vouchers) + len(case.files),
        papers=len(case.files) + sum(len(talk.files) for talk in talks) + sum(len(one.files) for one in asked),
        manager_risk=limit,
        findings=len(found),
        found_severe=any(finding.severity in SEVERE for finding in found),
        editors=_ids([*case.extra.get("editors", ()), *case.past_owners]),
        silent_days=silent_days,
        calls=calls,
        client_must_say_yes=bool(case.extra.get("client_must_say_yes")),
        needs_manager=bool(case.extra.get("needs_manager")) or (case.risk is not None and case.risk >= limit),
        members=frozenset(m.id for m in await members(session)),
        filing_guard_at=await guard_of(session, case.client_id, clock.now()),
    )


async def guard_of(session: AsyncSession, client_id: UUID, now: datetime) -> datetime:
    """When work for this client has to be done before its next VAT filing."""
    client = await client_of(session, client_id)
    return filing_guard(await calendar_of(session), client, now, now.astimezone(clock.CHINA).date())


async def manager_risk(session: AsyncSession) -> int:
    """Likelihood × impact from which a manager approves too (domain.md W2); each firm chooses its own."""
    return int(await choice(session, "manager_risk"))


def _ids(listed: Iterable[str]) -> frozenset[UUID]:
    return frozenset(UUID(str(one)) for one in listed)


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
