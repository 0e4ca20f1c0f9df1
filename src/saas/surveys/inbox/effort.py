"""What a matter cost the client, beside the effort they report (requirement A15.1): messages and days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import queries as cases
from saas.cases.question_models import Question
from saas.clients.models import Communication
from saas.kernel.clock import CHINA
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm
from saas.refunds import queries as refunds
from saas.surveys.models import Survey


@dataclass(frozen=True, slots=True)
class Effort:
    """Messages to and from the client about a matter, questions they answered, and working days until we asked."""

    messages: int
    questions: int
    days: int


async def spent(session: AsyncSession, survey: Survey) -> Effort | None:
    """None where the survey is about the work as a whole."""
    if survey.subject_kind == "client":
        return None
    began = await _began(session, survey)
    calendar = await calendar_of(session)
    days = calendar.working_days(began.astimezone(CHINA).date(), survey.created_at.astimezone(CHINA).date())
    talk = (of_this_firm(Communication), Communication.subject_id == survey.subject_id,
            Communication.addendum_to_id.is_(None), Communication.at <= survey.created_at)  # fmt: skip
    asked = (of_this_firm(Question), Question.case_id == survey.subject_id)
    return Effort(await _count(session, Communication, *talk), await _count(session, Question, *asked), days)


async def _began(session: AsyncSession, survey: Survey) -> datetime:
    if survey.subject_kind == "refund":
        return (await refunds.refund(session, survey.subject_id)).opened_at
    return (await cases.case(session, survey.subject_id)).opened_at


async def _count(session: AsyncSession, table: type, *conditions: ColumnElement[bool]) -> int:
    return await session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0
