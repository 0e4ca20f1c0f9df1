"""Every SELECT on notes to clients."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm
from saas.surveys.models import ClientNote, NoteRecipient, Survey, SurveyAnswer
from saas.surveys.queries import is_latest


async def notes(session: AsyncSession, limit: int = 50) -> Sequence[ClientNote]:
    """The newest first."""
    query = select(ClientNote).where(of_this_firm(ClientNote)).order_by(ClientNote.written_at.desc()).limit(limit)
    return (await session.scalars(query)).all()


async def note_or_none(session: AsyncSession, note_id: UUID) -> ClientNote | None:
    query = select(ClientNote).where(of_this_firm(ClientNote), ClientNote.id == note_id)
    found: ClientNote | None = await session.scalar(query)
    return found


async def recipient(session: AsyncSession, recipient_id: UUID) -> NoteRecipient:
    return await own_row(session, NoteRecipient, recipient_id)


async def recipients(session: AsyncSession, note_ids: Collection[UUID]) -> dict[UUID, list[NoteRecipient]]:
    query = select(NoteRecipient).where(of_this_firm(NoteRecipient), NoteRecipient.note_id.in_(note_ids))
    found: dict[UUID, list[NoteRecipient]] = {}
    for one in (await session.scalars(query.order_by(NoteRecipient.id))).all():
        found.setdefault(one.note_id, []).append(one)
    return found


async def of_survey(session: AsyncSession, survey_id: UUID) -> Sequence[ClientNote]:
    """Notes that cite this answer."""
    query = (
        select(ClientNote)
        .join(NoteRecipient, (NoteRecipient.firm_id == ClientNote.firm_id) & (NoteRecipient.note_id == ClientNote.id))
        .where(of_this_firm(ClientNote), NoteRecipient.survey_id == survey_id)
        .order_by(ClientNote.written_at)
    )
    return (await session.scalars(query)).all()


async def of_change(session: AsyncSession, number: str) -> Sequence[ClientNote]:
    """Notes that tell of a change to practice, by its number."""
    query = select(ClientNote).where(of_this_firm(ClientNote), ClientNote.change_number == number)
    return (await session.scalars(query.order_by(ClientNote.written_at))).all()


async def citable(
    session: AsyncSession, survey_ids: Collection[UUID] = (), limit: int = 60
) -> list[tuple[Survey, SurveyAnswer]]:
    """Answers with words, and those named, the newest first."""
    named = SurveyAnswer.survey_id.in_(survey_ids)
    query = (
        select(Survey, SurveyAnswer)
        .join(SurveyAnswer, (SurveyAnswer.firm_id == Survey.firm_id) & (SurveyAnswer.survey_id == Survey.id))
        .where(of_this_firm(Survey), of_this_firm(SurveyAnswer), is_latest(), Survey.contact_id.is_not(None))
        .where(named | (SurveyAnswer.text != ""))
        .order_by(named.desc(), SurveyAnswer.at.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in (await session.execute(query)).all()]
