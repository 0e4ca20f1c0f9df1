"""Every SELECT on lessons, their causes and actions, and on the inbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import String, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.improvement.lessons.lesson_models import Cause, Improvement, InboxItem, LibraryLesson
from saas.kernel.errors import Missing
from saas.kernel.prepared import FIRM
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm
from saas.surveys.models import Survey, SurveyAnswer

OPEN = ("open", "watched")


async def lesson(session: AsyncSession, lesson_id: UUID) -> LibraryLesson:
    """One lesson of this firm; Missing for any other id."""
    found = await lesson_or_none(session, lesson_id)
    if found is None:
        raise Missing()
    return found


async def lesson_or_none(session: AsyncSession, lesson_id: UUID) -> LibraryLesson | None:
    query = select(LibraryLesson).where(of_this_firm(LibraryLesson), LibraryLesson.id == lesson_id)
    found: LibraryLesson | None = await session.scalar(query)
    return found


async def lesson_of(session: AsyncSession, source_kind: str, source_id: UUID) -> LibraryLesson | None:
    """The lesson a record taught, once it stands in the library."""
    query = select(LibraryLesson).where(
        of_this_firm(LibraryLesson), LibraryLesson.source_kind == source_kind, LibraryLesson.source_id == source_id
    )
    found: LibraryLesson | None = await session.scalar(query)
    return found


async def lessons(
    session: AsyncSession, search: str = "", kind: str = "", *, limit: int = 50, offset: int = 0
) -> Sequence[LibraryLesson]:
    """The newest first; found by title, by what is to be remembered, by rule or number."""
    query = select(LibraryLesson).where(of_this_firm(LibraryLesson))
    if kind:
        query = query.where(LibraryLesson.source_kind == kind)
    if search.strip():
        like = f"%{search.strip()}%"
        texts = (cast(LibraryLesson.title, String), LibraryLesson.learned, LibraryLesson.rule,
                 LibraryLesson.source_label, cast(LibraryLesson.whys, String))  # fmt: skip
        query = query.where(or_(*(column.ilike(like) for column in texts)))
    query = query.order_by(LibraryLesson.written_at.desc(), LibraryLesson.id.desc())
    return (await session.scalars(query.offset(offset).limit(limit))).all()


async def causes(session: AsyncSession, lesson_id: UUID) -> Sequence[Cause]:
    """In the order in which they were added: a cause always stands after the one it hangs on."""
    query = select(Cause).where(of_this_firm(Cause), Cause.lesson_id == lesson_id)
    return (await session.scalars(query.order_by(Cause.added_at, Cause.id))).all()


async def roots(session: AsyncSession, lesson_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """The root causes of several lessons."""
    query = select(Cause).where(of_this_firm(Cause), Cause.lesson_id.in_(lesson_ids), Cause.is_root)
    found: dict[UUID, list[str]] = {}
    for cause in (await session.scalars(query.order_by(Cause.added_at))).all():
        found.setdefault(cause.lesson_id, []).append(cause.text)
    return found


async def action(session: AsyncSession, action_id: UUID) -> Improvement:
    return await own_row(session, Improvement, action_id)


async def actions_of(session: AsyncSession, lesson_id: UUID) -> Sequence[Improvement]:
    query = select(Improvement).where(of_this_firm(Improvement), Improvement.lesson_id == lesson_id)
    return (await session.scalars(query.order_by(Improvement.due_on, Improvement.id))).all()


async def actions(session: AsyncSession, view: str, member_id: UUID | None, limit: int = 200) -> Sequence[Improvement]:
    """`view`: open, mine or over; what is due first stands first, of those that are over the latest."""
    over = Improvement.state.not_in(OPEN)
    query = select(Improvement).where(of_this_firm(Improvement), over if view == "over" else ~over)
    if view == "mine":
        query = query.where(Improvement.owner_id == member_id)
    order = Improvement.due_on.desc() if view == "over" else Improvement.due_on
    return (await session.scalars(query.order_by(order, Improvement.id).limit(limit))).all()


async def follower(session: AsyncSession, action_id: UUID) -> Improvement | None:
    """What was done instead of an action that did not help."""
    query = select(Improvement).where(of_this_firm(Improvement), Improvement.follows_id == action_id)
    found: Improvement | None = await session.scalar(query)
    return found


async def effect(session: AsyncSession, since: date, until: date) -> tuple[int, int]:
    """(helped, judged) of the actions that were done in this time: the effect rate and its n."""
    query = (
        select(Improvement.state, func.count())
        .where(of_this_firm(Improvement), Improvement.state.in_(("effective", "ineffective")))
        .where(Improvement.done_on.between(since, until))
        .group_by(Improvement.state)
    )
    found = {row[0]: row[1] for row in (await session.execute(query)).all()}
    return found.get("effective", 0), sum(found.values())


async def item(session: AsyncSession, item_id: UUID, *, lock: bool = False) -> InboxItem:
    return await own_row(session, InboxItem, item_id, lock=lock)


async def item_of(session: AsyncSession, source_kind: str, source_id: UUID) -> InboxItem | None:
    query = select(InboxItem).where(
        of_this_firm(InboxItem), InboxItem.source_kind == source_kind, InboxItem.source_id == source_id
    )
    found: InboxItem | None = await session.scalar(query)
    return found


async def inbox(session: AsyncSession, *, decided: bool = False, limit: int = 100) -> Sequence[InboxItem]:
    """What nobody has looked at, the oldest first; or what was decided, the latest first."""
    query = select(InboxItem).where(of_this_firm(InboxItem))
    if decided:
        query = query.where(InboxItem.decided_at.is_not(None)).order_by(InboxItem.decided_at.desc())
    else:
        query = query.where(InboxItem.decided_at.is_(None)).order_by(InboxItem.written_at)
    return (await session.scalars(query.limit(limit))).all()


UNDECIDED = select(func.count()).select_from(InboxItem).where(InboxItem.firm_id == FIRM, InboxItem.decided_at.is_(None))


async def answers(session: AsyncSession, survey_ids: Sequence[UUID]) -> dict[UUID, SurveyAnswer]:
    """The latest answer of each survey: its words are shown, never copied."""
    query = (
        select(SurveyAnswer)
        .join(Survey, (Survey.firm_id == SurveyAnswer.firm_id) & (Survey.id == SurveyAnswer.survey_id))
        .where(of_this_firm(SurveyAnswer), SurveyAnswer.survey_id.in_(survey_ids))
        .order_by(SurveyAnswer.at)
    )
    return {answer.survey_id: answer for answer in (await session.scalars(query)).all()}
