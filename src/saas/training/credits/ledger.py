"""The credits of a person in a year: earned, still to be confirmed, missing; and how they are booked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import extract, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock, tenancy
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict, Forbidden
from saas.kernel.i18n import _
from saas.kernel.identifiers import uuid7
from saas.kernel.module import Event
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm
from saas.training.course_models import CourseVersion
from saas.training.credits.rule import Rule, rule_of
from saas.training.duty_models import Assignment, CreditEntry, PlanItem
from saas.training.exam_models import Certificate


@dataclass(frozen=True, slots=True)
class Balance:
    """A member's year; `planned` are credits of courses they have to pass in it."""

    rule: Rule
    professional: int = 0
    general: int = 0
    waiting: int = 0
    planned: int = 0

    @property
    def earned(self) -> int:
        return self.professional + self.general

    @property
    def missing(self) -> int:
        """Credits to go: of the whole, or of the professional ones, whichever asks for more."""
        return max(self.rule.total - self.earned, self.rule.professional - self.professional, 0)


async def book(
    session: AsyncSession,
    member_ids: Collection[UUID],
    why: str,
    source_id: UUID,
    title: Mapping[str, Any],
    credits: int,
    subject: str,
    earned_on: date,
    now: datetime,
) -> None:
    """What the product knows to be earned counts at once; the same source once a member."""
    if not member_ids:
        return
    common = {
        "firm_id": tenancy.current_firm_id(), "year": earned_on.year, "credits": credits, "subject": subject,
        "why": why, "source_id": source_id, "title": dict(title), "earned_on": earned_on, "entered_at": now,
        "counts": True,
    }  # fmt: skip
    rows = [{**common, "id": uuid7(), "member_id": who} for who in member_ids]
    query = insert(CreditEntry).on_conflict_do_nothing(index_elements=["firm_id", "member_id", "source_id"])
    await session.execute(query, rows)


async def after_passed(session: AsyncSession, event: Event) -> None:
    """A certificate brings the credits of its course, once a year and course."""
    paper: Certificate = event.row
    earned_on = event.now.astimezone(clock.CHINA).date()
    before = select(func.count()).where(
        of_this_firm(Certificate),
        Certificate.member_id == paper.member_id,
        Certificate.course_id == paper.course_id,
        Certificate.id != paper.id,
        extract("year", func.timezone("Asia/Shanghai", Certificate.issued_at)) == earned_on.year,
    )
    if not paper.credits or await session.scalar(before):
        return
    version = await session.get_one(CourseVersion, (paper.firm_id, paper.version_id))
    await book(session, [paper.member_id], "certificate", paper.id, paper.title, paper.credits, version.subject,
               earned_on, event.now)  # fmt: skip


async def decide(
    session: AsyncSession, entry_id: UUID, counts: bool, reason: str, actor: Actor, now: datetime
) -> CreditEntry:
    """A manager looked at the proof of what was learned outside."""
    entry = await own_row(session, CreditEntry, entry_id, lock=True)
    if entry.member_id == actor.id:
        raise Forbidden(_("Nobody confirms their own credits."), action="training.credits", subject_id=entry.id)
    if entry.decided_at is not None:
        if entry.counts == counts:
            return entry
        raise Conflict(_("This entry was decided already. Nothing was changed."))
    entry.decided_by, entry.decided_at, entry.counts, entry.refused_why = actor.id, now, counts, reason
    record(session, actor, "training.credits", now, subject=entry, counts=counts, reason=reason)
    return entry


async def entries(session: AsyncSession, member_id: UUID, year: int) -> Sequence[CreditEntry]:
    """What was booked for a member's year, in order."""
    query = select(CreditEntry).where(
        of_this_firm(CreditEntry), CreditEntry.member_id == member_id, CreditEntry.year == year
    )
    return (await session.scalars(query.order_by(CreditEntry.earned_on, CreditEntry.id))).all()


async def waiting(session: AsyncSession) -> Sequence[CreditEntry]:
    """Entries with proof that nobody has looked at, the oldest first."""
    query = select(CreditEntry).where(
        of_this_firm(CreditEntry), CreditEntry.why == "outside", CreditEntry.decided_at.is_(None)
    )
    return (await session.scalars(query.order_by(CreditEntry.entered_at))).all()


async def of_member(session: AsyncSession, member_id: UUID, year: int) -> Balance:
    return (await balances(session, [member_id], year))[member_id]


async def balances(session: AsyncSession, member_ids: Sequence[UUID], year: int) -> dict[UUID, Balance]:
    """Of many members at once: two queries."""
    rule = rule_of(year)
    sums: dict[UUID, dict[str, int]] = {who: {} for who in member_ids}
    open_ = CreditEntry.decided_at.is_(None) & (CreditEntry.why == "outside")
    query = select(CreditEntry.member_id, CreditEntry.subject, CreditEntry.counts, open_, func.sum(CreditEntry.credits))
    query = query.where(of_this_firm(CreditEntry), CreditEntry.member_id.in_(member_ids), CreditEntry.year == year)
    grouped = query.group_by(CreditEntry.member_id, CreditEntry.subject, CreditEntry.counts, open_)
    for who, subject, counts, is_open, credits in (await session.execute(grouped)).all():
        name = subject if counts else "waiting" if is_open else "refused"
        sums[who][name] = sums[who].get(name, 0) + int(credits)
    planned = (
        select(Assignment.member_id, func.sum(CourseVersion.credits))
        .join(
            CourseVersion, (CourseVersion.firm_id == Assignment.firm_id) & (CourseVersion.id == Assignment.version_id)
        )
        .where(
            of_this_firm(Assignment),
            Assignment.member_id.in_(member_ids),
            Assignment.done_at.is_(None),
            Assignment.waived_at.is_(None),
            extract("year", func.timezone("Asia/Shanghai", Assignment.due_at)) == year,
        )
        .group_by(Assignment.member_id)
    )
    to_come = {who: int(credits) for who, credits in (await session.execute(planned)).all()}
    return {
        who: Balance(rule, s.get("professional", 0), s.get("general", 0), s.get("waiting", 0), to_come.get(who, 0))
        for who, s in sums.items()
    }


async def plan_of(session: AsyncSession, year: int) -> Sequence[PlanItem]:
    """The yearly plan, by month."""
    query = select(PlanItem).where(of_this_firm(PlanItem), PlanItem.year == year)
    return (await session.scalars(query.order_by(PlanItem.month, PlanItem.id))).all()
