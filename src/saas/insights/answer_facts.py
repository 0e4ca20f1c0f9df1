"""The compact rows of answered surveys: written when a client answers, rebuilt at will from the surveys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Numeric, Select, and_, cast, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from saas.insights.models import AnswerFact
from saas.kernel.module import Event
from saas.kernel.tenancy import of_this_firm
from saas.surveys.models import Survey, SurveyAnswer
from saas.surveys.queries import is_latest
from saas.surveys.questions import SCALES

COLUMNS = ("firm_id", "id", "survey_id", "client_id", "member_id", "scale", "at", "value")


def said() -> Select[Any]:
    """The columns of an AnswerFact for each answered survey and scale it asked on: what the table copies."""
    asked = func.jsonb_array_elements(Survey.questions).table_valued("value", name="asked").lateral()
    name, kind = (asked.c.value.op("->>")(word) for word in ("name", "kind"))
    given = cast(SurveyAnswer.values.op("->>")(name), Numeric)
    return (
        select(Survey.firm_id, func.gen_random_uuid(), Survey.id, Survey.client_id, Survey.handler_id, kind,
               Survey.answered_at, cast(func.round(func.avg(given) * 1000), Integer))
        .join(SurveyAnswer, and_(SurveyAnswer.firm_id == Survey.firm_id, SurveyAnswer.survey_id == Survey.id))
        .join(asked, kind.in_(list(SCALES)))
        .where(of_this_firm(Survey), Survey.answered_at.is_not(None), is_latest(), given.is_not(None))
        .group_by(Survey.firm_id, Survey.id, kind)
    )  # fmt: skip


async def answered(session: AsyncSession, event: Event) -> None:
    """The reaction to `survey.answered`: a corrected answer takes the place of the earlier one."""
    await keep(session, [event.row.id])


async def keep(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """Write the rows of these surveys anew."""
    await session.execute(delete(AnswerFact).where(of_this_firm(AnswerFact), AnswerFact.survey_id.in_(ids)))
    await session.execute(insert(AnswerFact).from_select(COLUMNS, said().where(Survey.id.in_(ids))))


async def rebuild(session: AsyncSession) -> None:
    """Every row anew."""
    await session.execute(delete(AnswerFact).where(of_this_firm(AnswerFact)))
    await session.execute(insert(AnswerFact).from_select(COLUMNS, said()))


async def fill(session: AsyncSession) -> None:
    """Rows that are missing."""
    known = select(AnswerFact.survey_id).where(of_this_firm(AnswerFact), AnswerFact.survey_id == Survey.id)
    missing = said().where(~known.exists())
    await session.execute(insert(AnswerFact).from_select(COLUMNS, missing).on_conflict_do_nothing())
