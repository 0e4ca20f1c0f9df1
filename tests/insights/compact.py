"""The compact rows held against the direct queries they copy."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.improvement.causes import recurrence
from saas.improvement.measuring.counting import moments
from saas.insights import answer_facts, facts
from saas.insights.models import AnswerFact, ClosingFact
from saas.kernel import clock


async def compact_rows_agree(session: AsyncSession) -> None:
    """Answers and closings as the surveys and the log say them; what got lost is filled in."""
    today = clock.today()
    since, until = today - timedelta(days=800), today - recurrence.WITHIN
    closings, openings = await recurrence.history(session, since, until)
    direct = {
        (one.case_id, one.closed_at): again
        for one, again in zip(closings, recurrence.repeated(closings, openings), strict=True)
    }
    kept = (await session.scalars(select(ClosingFact).where(ClosingFact.at < moments(until, until)[1]))).all()
    assert {(one.case_id, one.at): one.again_at is not None for one in kept} == direct
    assert len(direct) > 30
    answers = {(row.survey_id, row.scale): row.value for row in (await session.scalars(select(AnswerFact))).all()}
    said = {(row[2], row[5]): row[7] for row in (await session.execute(answer_facts.said())).all()}
    assert answers == said
    assert len(said) > 30
    some = next(iter(answers))[0]
    await session.execute(delete(AnswerFact).where(AnswerFact.survey_id == some))
    await session.execute(delete(ClosingFact).where(ClosingFact.case_id == kept[0].case_id))
    await facts.fill(session)
    assert len((await session.scalars(select(AnswerFact))).all()) == len(answers)
    filled = (await session.scalars(select(ClosingFact).where(ClosingFact.case_id == kept[0].case_id))).all()
    assert (kept[0].at, kept[0].again_at) in {(one.at, one.again_at) for one in filled}
