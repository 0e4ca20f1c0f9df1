"""The answer beside the record it is about."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.models import Case
from saas.kernel.access import Actor
from saas.kernel.tenancy import of_this_firm
from saas.refunds.models import Refund
from saas.surveys.models import Survey
from saas.surveys.public import latest
from saas.surveys.questions import in_words


async def of_case(session: AsyncSession, case: Case, actor: Actor) -> dict[str, Any]:
    return await _of(session, case.id)


async def of_refund(session: AsyncSession, refund: Refund, actor: Actor) -> dict[str, Any]:
    return await _of(session, refund.id)


async def _of(session: AsyncSession, subject_id: UUID) -> dict[str, Any]:
    query = select(Survey).where(of_this_firm(Survey), Survey.subject_id == subject_id)
    survey = (await session.scalars(query.order_by(Survey.created_at.desc()).limit(1))).first()
    answer = await latest(session, survey) if survey is not None else None
    rows = in_words(answer.values) if answer is not None else []
    return {"template": "surveys/_panel.html", "survey": survey, "answer": answer, "rows": rows}
