"""The compact rows held against the direct queries they copy."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from saas.improvement.causes import recurrence
from saas.improvement.measuring.counting import moments
from saas.insights import answer_facts, facts
from saas.insights.models import AnswerFact, ClosingFact, Fact
from saas.kernel import clock
from saas.kernel.stages import StageEntry
from saas.notices.models import Answer, Notice


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
    await letters_agree(session)
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


async def letters_agree(session: AsyncSession) -> None:
    """A letter's row says what its stays and its answer say: minutes from sending to the answer, and whether it is yes.

    A row that got lost or was written before it said yes is mended.
    """
    waits = (Notice.answer_by.is_not(None), Notice.issued_at.is_not(None), Notice.state != "withdrawn")
    sent = {letter.id: letter for letter in (await session.scalars(select(Notice).where(*waits))).all()}
    yes = set((await session.scalars(select(Answer.notice_id).where(Answer.kind == "confirm"))).all())
    begun = {notice_id: letter.issued_at for notice_id, letter in sent.items()}
    stays: dict[UUID, list[StageEntry]] = {}
    for stay in (await session.scalars(select(StageEntry).where(StageEntry.subject_id.in_(sent)))).all():
        stays.setdefault(stay.subject_id, []).append(stay)
    direct = {
        one: (begun[one], sum(s.working_minutes or 0 for s in stays[one] if s.entered_at >= begun[one] and s.left_at)
              if letter.answered_at else None, one in yes)
        for one, letter in sent.items()
    }  # fmt: skip
    assert await _letters(session) == direct
    kinds = {(minutes is None, confirmed) for _at, minutes, confirmed in direct.values()}
    assert kinds == {(True, False), (False, True), (False, False)}
    lost, older = sorted(yes & set(sent))[:2]
    await session.execute(delete(Fact).where(Fact.subject_id == lost))
    await session.execute(update(Fact).where(Fact.subject_id == older).values(confirmed=False))
    await facts.fill(session)
    assert await _letters(session) == direct


async def _letters(session: AsyncSession) -> dict[UUID, tuple[datetime, int | None, bool]]:
    query = select(Fact.subject_id, Fact.at, Fact.gross, Fact.confirmed).where(Fact.workflow == "notice")
    return {row[0]: (row[1], row[2], row[3]) for row in (await session.execute(query)).all()}
