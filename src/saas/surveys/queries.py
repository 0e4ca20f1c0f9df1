"""Every SELECT on questionnaires, surveys and their latest answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from saas.kernel.errors import Missing
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm
from saas.surveys.models import Questionnaire, Survey, SurveyAnswer
from saas.surveys.starter import begin


async def in_force(session: AsyncSession, day: date) -> list[Questionnaire]:
    """The version of each questionnaire that counts on a day, those turned off too."""
    query = (
        select(Questionnaire)
        .where(of_this_firm(Questionnaire), Questionnaire.valid_from <= day)
        .ext(distinct_on(Questionnaire.key))
        .order_by(Questionnaire.key, Questionnaire.version.desc())
    )
    return list((await session.scalars(query)).all())


async def asking(session: AsyncSession, occasion: str, day: date) -> list[Questionnaire]:
    """Those that ask at this occasion. A firm that was here before questionnaires gets the first ones now."""
    found = await in_force(session, day)
    if not found:
        await begin(session)
        found = await in_force(session, day)
    return [one for one in found if one.occasion == occasion and one.is_on]


async def versions(session: AsyncSession, key: str) -> Sequence[Questionnaire]:
    """All versions, the newest first; Missing where there is no such questionnaire."""
    query = select(Questionnaire).where(of_this_firm(Questionnaire), Questionnaire.key == key)
    found = (await session.scalars(query.order_by(Questionnaire.version.desc()))).all()
    if not found:
        raise Missing()
    return found


async def newest(session: AsyncSession) -> Sequence[Questionnaire]:
    """The newest version of each, in force or still to come."""
    query = (
        select(Questionnaire)
        .where(of_this_firm(Questionnaire))
        .ext(distinct_on(Questionnaire.key))
        .order_by(Questionnaire.key, Questionnaire.version.desc())
    )
    return (await session.scalars(query)).all()


async def survey(session: AsyncSession, survey_id: UUID, *, lock: bool = False) -> Survey:
    """One survey of this firm; Missing for any other id."""
    return await own_row(session, Survey, survey_id, lock=lock)


async def surveys(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Survey]:
    found = (await session.scalars(select(Survey).where(of_this_firm(Survey), Survey.id.in_(ids)))).all()
    return {one.id: one for one in found}


async def latest(session: AsyncSession, survey_id: UUID) -> SurveyAnswer | None:
    """The answer that counts."""
    found = await history(session, survey_id)
    return found[0] if found else None


async def history(session: AsyncSession, survey_id: UUID) -> Sequence[SurveyAnswer]:
    """Every answer to one survey, the newest first."""
    query = select(SurveyAnswer).where(of_this_firm(SurveyAnswer), SurveyAnswer.survey_id == survey_id)
    return (await session.scalars(query.order_by(SurveyAnswer.at.desc(), SurveyAnswer.id.desc()))).all()


def is_latest() -> ColumnElement[bool]:
    """The condition that no later answer stands beside this one."""
    later = aliased(SurveyAnswer)
    after = (later.at > SurveyAnswer.at) | ((later.at == SurveyAnswer.at) & (later.id > SurveyAnswer.id))
    same = (later.firm_id == SurveyAnswer.firm_id) & (later.survey_id == SurveyAnswer.survey_id)
    return ~exists(select(later.id).where(same, after).correlate(SurveyAnswer))


async def asked_since(session: AsyncSession, contact_id: UUID, since: datetime) -> bool:
    """Whether this person was asked anything within the quiet period."""
    query = select(Survey.id).where(of_this_firm(Survey), Survey.contact_id == contact_id, Survey.created_at > since)
    return await session.scalar(query.limit(1)) is not None


async def asked_about(session: AsyncSession, key: str, subject_id: UUID, period: str) -> bool:
    """Whether this questionnaire was sent about this already; a survey of before questionnaires counts as well."""
    query = select(Survey.id).where(
        of_this_firm(Survey), Survey.subject_id == subject_id, Survey.questionnaire.in_((key, "")),
        Survey.period == period,
    )  # fmt: skip
    return await session.scalar(query.limit(1)) is not None


async def clients_of_period(session: AsyncSession, key: str, period: str) -> set[UUID]:
    """Whom a sample has asked already."""
    query = select(Survey.client_id).where(of_this_firm(Survey), Survey.questionnaire == key, Survey.period == period)
    return set((await session.scalars(query)).all())


async def count_asked(session: AsyncSession, key: str) -> int:
    query = select(func.count()).select_from(Survey)
    return await session.scalar(query.where(of_this_firm(Survey), Survey.questionnaire == key)) or 0
