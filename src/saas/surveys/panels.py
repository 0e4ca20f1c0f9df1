"""The answer beside the case it is about."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.models import Case
from saas.kernel.access import Actor
from saas.surveys.models import Survey
from saas.surveys.public import latest
from saas.surveys.questions import STEPS


async def of_case(session: AsyncSession, case: Case, actor: Actor) -> dict[str, Any]:
    query = select(Survey).where(Survey.firm_id == case.firm_id, Survey.subject_id == case.id)
    survey = (await session.scalars(query.order_by(Survey.created_at.desc()).limit(1))).first()
    answer = await latest(session, survey) if survey is not None else None
    label = STEPS[answer.values["satisfaction"]] if answer else None
    return {"template": "surveys/_panel.html", "survey": survey, "answer": answer, "label": label}
