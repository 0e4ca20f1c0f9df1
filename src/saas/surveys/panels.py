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
from saas.surveys.queries import latest
from saas.surveys.questions import asked, in_words


async def of_case(session: AsyncSession, case: Case, actor: Actor) -> dict[str, Any]:
    return await _of(session, case.id, actor)


async def of_refund(session: AsyncSession, refund: Refund, actor: Actor) -> dict[str, Any]:
    return await _of(session, refund.id, actor)


async def of_client(session: AsyncSession, client: Any, actor: Actor) -> dict[str, Any]:
    """The last survey of any kind, on the client's own page."""
    query = select(Survey).where(of_this_firm(Survey), Survey.client_id == client.id)
    return await _shown(session, (await session.scalars(_last(query))).first(), actor)


async def _of(session: AsyncSession, subject_id: UUID, actor: Actor) -> dict[str, Any]:
    query = select(Survey).where(of_this_firm(Survey), Survey.subject_id == subject_id)
    return await _shown(session, (await session.scalars(_last(query))).first(), actor)


def _last(query: Any) -> Any:
    """Answered ones first: a pulse without an answer does not hide what was said."""
    return query.order_by(Survey.answered_at.desc().nulls_last(), Survey.created_at.desc()).limit(1)


async def _shown(session: AsyncSession, survey: Survey | None, actor: Actor) -> dict[str, Any]:
    answer = await latest(session, survey.id) if survey is not None else None
    rows = in_words(asked(survey.questions), answer.values) if survey is not None and answer is not None else []
    return {"template": "surveys/_panel.html", "survey": survey, "answer": answer, "rows": rows,
            "may_open": actor.may("surveys.read")}  # fmt: skip
