"""What is counted for scores: two queries, whatever the number of answers shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.tenancy import of_this_firm
from saas.surveys.inbox.scoring import Cohort
from saas.surveys.models import AnswerTag, Survey, SurveyAnswer, SurveyTag
from saas.surveys.queries import is_latest

Key = tuple[str, str]  # questionnaire, quarter "2026Q4"


def _quarter() -> Any:
    return func.to_char(func.timezone("Asia/Shanghai", Survey.sent_at), 'YYYY"Q"Q')


async def cohorts(session: AsyncSession, since: datetime, names: list[str]) -> dict[Key, Cohort]:
    """Surveys sent since then by questionnaire and quarter; the values of the questions with these names."""
    sent = (of_this_firm(Survey), Survey.sent_at >= since)
    quarter_of = _quarter().label("quarter")
    totals = select(Survey.questionnaire, quarter_of, func.count(), func.count(Survey.answered_at)).where(*sent)
    given = func.jsonb_each_text(SurveyAnswer.values).table_valued("key", "value").lateral()
    values = (
        select(Survey.questionnaire, quarter_of, given.c.key, given.c.value, func.count())
        .join(SurveyAnswer, (SurveyAnswer.firm_id == Survey.firm_id) & (SurveyAnswer.survey_id == Survey.id))
        .join(given, given.c.key.in_(names))
        .where(*sent, of_this_firm(SurveyAnswer), is_latest())
    )
    counts: dict[Key, dict[str, dict[str, int]]] = {}
    values = values.group_by(Survey.questionnaire, "quarter", given.c.key, given.c.value)
    for key, quarter, name, value, count in (await session.execute(values)).all():
        counts.setdefault((key, quarter), {}).setdefault(name, {})[value] = count
    rows = (await session.execute(totals.group_by(Survey.questionnaire, "quarter"))).all()
    return {(row[0], row[1]): Cohort(row[2], row[3], counts.get((row[0], row[1]), {})) for row in rows}


async def themes(session: AsyncSession, since: datetime) -> list[tuple[SurveyTag, int, int]]:
    """(theme, answers, low ones of them), the most frequent first."""
    low = func.count().filter(SurveyAnswer.low)
    query = (
        select(SurveyTag, func.count(), low)
        .join(AnswerTag, (AnswerTag.firm_id == SurveyTag.firm_id) & (AnswerTag.tag_id == SurveyTag.id))
        .join(SurveyAnswer, (SurveyAnswer.firm_id == AnswerTag.firm_id)
              & (SurveyAnswer.survey_id == AnswerTag.survey_id))
        .where(of_this_firm(SurveyTag), AnswerTag.removed_at.is_(None), SurveyAnswer.at >= since, is_latest())
        .group_by(SurveyTag.firm_id, SurveyTag.id)
        .order_by(func.count().desc(), SurveyTag.key)
    )  # fmt: skip
    return [(row[0], row[1], row[2]) for row in (await session.execute(query)).all()]
