"""Themes of what clients write: by the firm's keywords at once, by people afterwards."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm
from saas.surveys.models import AnswerTag, SurveyTag


async def tags(session: AsyncSession, *, archived: bool = False) -> Sequence[SurveyTag]:
    """The firm's list."""
    query = select(SurveyTag).where(of_this_firm(SurveyTag)).order_by(SurveyTag.id)
    return (await session.scalars(query if archived else query.where(SurveyTag.archived_at.is_(None)))).all()


async def tag(session: AsyncSession, tag_id: UUID) -> SurveyTag:
    return await own_row(session, SurveyTag, tag_id)


async def of_surveys(
    session: AsyncSession, survey_ids: Collection[UUID]
) -> dict[UUID, list[tuple[AnswerTag, SurveyTag]]]:
    """Themes that stand on each answer."""
    query = (
        select(AnswerTag, SurveyTag)
        .join(SurveyTag, (SurveyTag.firm_id == AnswerTag.firm_id) & (SurveyTag.id == AnswerTag.tag_id))
        .where(of_this_firm(AnswerTag), AnswerTag.survey_id.in_(survey_ids), AnswerTag.removed_at.is_(None))
        .order_by(AnswerTag.id)
    )
    found: dict[UUID, list[tuple[AnswerTag, SurveyTag]]] = {}
    for row in (await session.execute(query)).all():
        found.setdefault(row[0].survey_id, []).append((row[0], row[1]))
    return found


def found_in(text: str, known: Sequence[SurveyTag]) -> list[SurveyTag]:
    """Themes one of whose keywords stands in the text, whatever its case."""
    folded = text.casefold()
    return [one for one in known if any(word and word.casefold() in folded for word in one.keywords)]


async def suggest(session: AsyncSession, survey_id: UUID, text: str, now: datetime) -> list[SurveyTag]:
    """Put themes on a new text by its words. One that a person took off stays off."""
    fitting = found_in(text, await tags(session))
    known = await _known(session, survey_id)
    for one in fitting:
        if one.id not in known:
            session.add(AnswerTag(survey_id=survey_id, tag_id=one.id, by_word=True, at=now))
    await session.flush()
    return [one for one in fitting if one.id not in known or known[one.id].removed_at is None]


async def put(session: AsyncSession, survey_id: UUID, tag_id: UUID, member_id: UUID | None, now: datetime) -> None:
    """A person says that this theme fits; said twice it stands once."""
    known = (await _known(session, survey_id)).get(tag_id)
    if known is None:
        session.add(AnswerTag(survey_id=survey_id, tag_id=tag_id, by_word=False, member_id=member_id, at=now))
    else:
        known.by_word, known.member_id, known.removed_at = False, member_id, None
    await session.flush()


async def take_off(session: AsyncSession, survey_id: UUID, tag_id: UUID, member_id: UUID | None, now: datetime) -> None:
    known = (await _known(session, survey_id)).get(tag_id)
    if known is not None and known.removed_at is None:
        known.member_id, known.removed_at = member_id, now
    await session.flush()


async def _known(session: AsyncSession, survey_id: UUID) -> dict[UUID, AnswerTag]:
    query = select(AnswerTag).where(of_this_firm(AnswerTag), AnswerTag.survey_id == survey_id)
    return {one.tag_id: one for one in (await session.scalars(query)).all()}
