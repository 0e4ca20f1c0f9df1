"""One attempt from its start to its result. Whoever opens it in two windows sits one exam, not two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from secrets import randbelow
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import Membership
from saas.kernel import clock, tenancy
from saas.kernel.access import SYSTEM, Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict, Forbidden, Missing
from saas.kernel.i18n import Text, _
from saas.kernel.identifiers import uuid7
from saas.kernel.module import Event
from saas.kernel.perform import tell
from saas.kernel.tenancy import of_this_firm
from saas.training import queries
from saas.training.assigning.queries import open_of
from saas.training.certificates.issuing import issue
from saas.training.course_models import Course, CourseVersion, Question
from saas.training.exam_models import Attempt, ExamItem, Reopening
from saas.training.questions.answers import answered
from saas.training.questions.drawing import draw, order_of
from saas.training.questions.marking import FULL, mark

GRACE = timedelta(seconds=30)  # for the last answer to arrive
RENEWED_FROM = timedelta(days=60)  # before a certificate ends
ALREADY = _("This attempt was handed in already. Nothing was changed.")
TIME_OVER = _("The time of this attempt is over. What was saved until then counts.")


@dataclass(frozen=True, slots=True)
class Chance:
    """Whether a member may begin now, and how often still."""

    used: int
    allowed: int
    refusal: Text | None = None

    @property
    def left(self) -> int:
        return max(0, self.allowed - self.used)


async def chance_of(session: AsyncSession, actor: Actor, course: Course, version: CourseVersion, on: date) -> Chance:
    """Attempts since the last one passed count; a trainer's reopening adds one."""
    counted = await _count(session, actor.id, version)
    refusal = await _why_not(session, actor, course, version, on, counted.left == 0)
    return replace(counted, refusal=refusal)


async def _count(session: AsyncSession, member_id: UUID | None, version: CourseVersion) -> Chance:
    tried = await queries.attempts(session, member_id, version.course_id)
    passed = next((attempt for attempt in tried if attempt.passed), None)
    since = passed.handed_in_at if passed is not None else None
    used = sum(1 for a in tried if a.handed_in_at is not None and (since is None or a.handed_in_at > since))
    opened = await queries.reopenings(session, member_id, version.course_id)
    return Chance(used, version.attempts + sum(1 for r in opened if since is None or r.at > since))


async def _why_not(
    session: AsyncSession, actor: Actor, course: Course, version: CourseVersion, on: date, used_up: bool
) -> Text | None:
    if not actor.may("training.learn"):
        return _("Your role takes no exams.")
    if course.retired_at is not None:
        return _("This course is out of use. Its certificates stay valid until their day.")
    held = await queries.certificate_of(session, actor.id, course.id, on)
    early = held is not None and held.version_id == version.id and on < held.valid_until - RENEWED_FROM
    if held is not None and early and (used_up or not await _is_assigned(session, actor, course)):
        day = (held.valid_until - RENEWED_FROM).isoformat()
        return _("You hold a valid certificate. It can be renewed from %(day)s.", day=day)
    if used_up:
        return _("All attempts are used. Ask a trainer to open another one.")
    return None


async def _is_assigned(session: AsyncSession, actor: Actor, course: Course) -> bool:
    return actor.id is not None and await open_of(session, actor.id, course.id) is not None


async def begin(session: AsyncSession, actor: Actor, course: Course, now: datetime) -> Attempt:
    """The member's open attempt at this course, or a new one. Conflict, in words, when there may be no new one."""
    there = (await queries.open_attempts(session, actor.id)).get(course.id)
    if there is not None:
        return there
    version = await queries.version_of(session, course.id)
    bank = await queries.questions(session, version.id)
    chance = await chance_of(session, actor, course, version, now.astimezone(clock.CHINA).date())
    if chance.refusal is not None:
        raise Conflict(chance.refusal)
    if actor.id is None or not bank:
        raise Conflict(_("This course has no exam."))
    attempt_id = await _only_one(session, actor.id, version, now)
    if attempt_id is None:  # another window was faster by a moment
        return (await queries.open_attempts(session, actor.id))[course.id]
    attempt = await queries.attempt(session, attempt_id)
    await session.execute(plain_insert(ExamItem), _items(attempt, bank, version.asked))
    record(session, actor, "training.begin", now, subject=attempt, course=version.title["zh"], version=version.number)
    return attempt


async def _only_one(session: AsyncSession, member_id: UUID, version: CourseVersion, now: datetime) -> UUID | None:
    """A new open attempt, unless there is one: the partial unique index decides between two windows."""
    number = select(func.coalesce(func.max(Attempt.number), 0) + 1).where(
        of_this_firm(Attempt), Attempt.member_id == member_id, Attempt.course_id == version.course_id
    )
    row = insert(Attempt).values(
        firm_id=tenancy.current_firm_id(),
        id=uuid7(),
        member_id=member_id,
        course_id=version.course_id,
        version_id=version.id,
        number=number.scalar_subquery(),
        seed=randbelow(2**31),
        started_at=now,
        ends_at=now + timedelta(minutes=version.minutes) if version.minutes else None,
    )
    free = row.on_conflict_do_nothing(
        index_elements=["firm_id", "member_id", "course_id"], index_where=Attempt.handed_in_at.is_(None)
    )
    made: UUID | None = await session.scalar(free.returning(Attempt.id))
    return made


def _items(attempt: Attempt, bank: Sequence[Question], asked: int) -> list[dict[str, Any]]:
    return [
        {
            "firm_id": attempt.firm_id,
            "id": uuid7(),
            "attempt_id": attempt.id,
            "course_id": attempt.course_id,
            "question_id": question.id,
            "question_key": question.key,
            "position": position,
            "order": order_of(question.kind, question.content, attempt.seed, position),
        }
        for position, question in enumerate(draw(bank, asked, attempt.seed), 1)
    ]


async def own(session: AsyncSession, attempt_id: UUID, actor: Actor, *, lock: bool = False) -> Attempt:
    """The member's own attempt; for anybody else there is none such."""
    attempt = await queries.attempt(session, attempt_id, lock=lock)
    if attempt.member_id != actor.id:
        raise Missing()
    return attempt


def is_over(attempt: Attempt, now: datetime) -> bool:
    return attempt.ends_at is not None and now > attempt.ends_at + GRACE


async def save(session: AsyncSession, attempt: Attempt, position: int, sent: dict[str, Any], now: datetime) -> ExamItem:
    """Keep the answer to one question of a locked attempt. Conflict once it is handed in or its time is over."""
    if attempt.handed_in_at is not None:
        raise Conflict(ALREADY)
    if is_over(attempt, now):
        raise Conflict(TIME_OVER)
    found = [pair for pair in await queries.items(session, attempt.id) if pair[0].position == position]
    if not found:
        raise Missing()
    item, question = found[0]
    answer = answered(question.kind, question.content, item.order, sent, item.answer)
    if answer != item.answer:
        item.answer, item.saved_at = answer, now
        await session.flush()
    return item


async def hand_in(session: AsyncSession, attempt: Attempt, actor: Actor, now: datetime) -> bool:
    """Mark every answer, decide, certify: once. False when it was handed in before. The attempt must be locked."""
    if attempt.handed_in_at is not None:
        return False
    version = await queries.version(session, attempt.version_id)
    pairs = await queries.items(session, attempt.id)
    for item, question in pairs:
        item.points, item.feedback = mark(question.kind, question.content, item.answer)
    await session.flush()  # the answers before the attempt: once that is handed in, they cannot change
    attempt.points = sum(item.points or 0 for item, _question in pairs)
    attempt.full = FULL * len(pairs)
    attempt.percent = 100 * attempt.points // attempt.full if attempt.full else 0
    attempt.passed = attempt.percent >= version.pass_mark
    attempt.timed_out = is_over(attempt, now)
    attempt.handed_in_at = now
    await session.flush()
    result = "passed" if attempt.passed else "failed"
    record(session, actor, "training.hand_in", now, subject=attempt, result=result, percent=attempt.percent)
    if attempt.passed:
        certificate = await issue(session, attempt, version, actor, now)
        await tell(session, Event("training.passed", certificate, actor, now))
    else:
        await tell(session, Event("training.failed", attempt, actor, now))
    return True


async def lapse(session: AsyncSession) -> None:
    """The job "training.lapse": whoever left an exam open past its time has handed in what was saved."""
    now = clock.now()
    query = (
        select(Attempt)
        .where(of_this_firm(Attempt), Attempt.handed_in_at.is_(None), Attempt.ends_at < now - GRACE)
        .with_for_update(skip_locked=True)
    )
    for attempt in (await session.scalars(query)).all():
        await hand_in(session, attempt, SYSTEM, now)


async def reopen(
    session: AsyncSession, member: Membership, course_id: UUID, reason: str, actor: Actor, now: datetime
) -> bool:
    """One more attempt, given by a trainer; nobody gives it to themselves. False while attempts are left."""
    if member.id == actor.id or actor.id is None:
        raise Forbidden(_("Somebody else opens another attempt for you."), action="training.reopen")
    version = await queries.version_of(session, course_id)
    if (await _count(session, member.id, version)).left:
        return False
    row = Reopening(member_id=member.id, course_id=course_id, reason=reason, by_id=actor.id, at=now)
    session.add(row)
    await session.flush()
    record(session, actor, "training.reopen", now, subject=row, name=member.name, reason=reason)
    return True
