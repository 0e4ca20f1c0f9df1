"""What makes a course due: a role, a confirmed anomaly, a lesson, a new policy, a certificate that ends, the plan."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.models import Case
from saas.cases.queries import case_or_none
from saas.cases.queries import lesson as lesson_of
from saas.cases.words import CAUSE_CODES
from saas.checks.models import FoundAnomaly
from saas.checks.queries import of_case
from saas.firms.queries import people
from saas.identity.models import Membership
from saas.kernel import clock
from saas.kernel.access import ROLES
from saas.kernel.i18n import Text, _
from saas.kernel.months import following_month
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm
from saas.ledgers.queries import voucher_lines
from saas.refunds.policies.versions import by_id
from saas.training.assigning import queries
from saas.training.assigning.assign import REST, Why, assign_many
from saas.training.course_models import Course, CourseVersion
from saas.training.duty_models import Assignment, PlanItem
from saas.training.queries import published

RENEWED_BEFORE = 30  # days before a certificate ends its course comes up again
POLICY = "refund_policy"


async def for_roles(session: AsyncSession, subject_id: str = "") -> None:
    """Mandatory courses to whoever has one of their roles and no certificate.

    `subject_id`, a member's or a version's id, narrows it to that one person or course; "" looks at everything.
    """
    now, members = clock.now(), await people(session)
    for course, version in await published(session):
        if not version.mandatory or _other(subject_id, version, members):
            continue
        there = await queries.holders(session, course.id, now.astimezone(clock.CHINA).date())
        there |= await _waived(session, version)
        wanted = [m for m in members if m.id not in there and (subject_id in ("", str(version.id), str(m.id)))]
        for role in version.roles:
            ids = [m.id for m in wanted if role in m.roles]
            reason = _("mandatory for: %(role)s", role=ROLES[role])
            await assign_many(session, course, ids, Why("role", reason, source_key=role), now)


def _other(subject_id: str, version: CourseVersion, members: Iterable[Membership]) -> bool:
    """Whether this is about another course than that of the version."""
    return subject_id not in ("", str(version.id)) and all(subject_id != str(m.id) for m in members)


async def _waived(session: AsyncSession, version: CourseVersion) -> set[UUID]:
    """Those a manager let off this very version."""
    query = select(Assignment.member_id).where(
        of_this_firm(Assignment), Assignment.version_id == version.id, Assignment.waived_at.is_not(None)
    )
    return set((await session.scalars(query)).all())


async def after_case(session: AsyncSession, subject_id: str) -> None:
    """A confirmed anomaly: the courses that name its rules, to who prepared the voucher, else to the case's owner."""
    case = await case_or_none(session, UUID(subject_id))
    if case is None:
        return
    now, found = clock.now(), await of_case(session, case.id)
    for course, version in await published(session):
        named = [finding for finding in found if finding.rule in version.rules]
        if not named:
            continue
        ids = await _preparers(session, case, named) - await queries.passed_since(session, course.id, now - REST)
        rules = "/".join(sorted({finding.rule for finding in named}))
        reason = _("rule %(rule)s in %(number)s", rule=rules, number=case.number)
        why = Why("rule", reason, named[0].id, rules[:40])
        await assign_many(session, course, ids, why, now)


async def after_lesson(session: AsyncSession, subject_id: str) -> None:
    """A closed case with a lesson: the courses that name its cause, to who prepared it and to those of their role."""
    case = await case_or_none(session, UUID(subject_id))
    lesson = await lesson_of(session, case.id) if case is not None else None
    if case is None or lesson is None or not case.cause_code:
        return
    now, members = clock.now(), await people(session)
    preparers = await _preparers(session, case, await of_case(session, case.id))
    for course, version in await published(session):
        if case.cause_code not in version.causes:
            continue
        roles = {role for m in members if m.id in preparers for role in m.roles} & set(version.roles)
        peers = {m.id for m in members if roles & set(m.roles)}
        peers -= await queries.holders(session, course.id, now.astimezone(clock.CHINA).date())
        ids = preparers - await queries.passed_since(session, course.id, now - REST)
        reason = _(
            "lesson of %(number)s: %(cause)s",
            number=case.number,
            cause=CAUSE_CODES.get(case.cause_code, Text(case.cause_code)),
        )
        await assign_many(session, course, ids | peers, Why("lesson", reason, lesson.id, case.cause_code), now)


async def _preparers(session: AsyncSession, case: Case, found: Iterable[FoundAnomaly]) -> set[UUID]:
    """Members named as preparers in the vouchers of the findings; where none is, the case's owner."""
    names: set[str] = set()
    for voucher in {voucher for finding in found for voucher in finding.vouchers}:
        names |= {line.preparer for line in await voucher_lines(session, case.client_id, voucher) if line.preparer}
    known = {member.id for member in await people(session) if member.name in names}
    return known or ({case.owner_id} if case.owner_id else set())


async def after_policy(session: AsyncSession, subject_id: str) -> None:
    """A new refund policy: everybody with the course on it sits it again, whatever certificate they hold (R7.1)."""
    policy, now = await by_id(session, UUID(subject_id)), clock.now()
    members = await people(session)
    reason = _("the refund policy has version %(n)s", n=policy.version)
    for course, version in await published(session):
        if version.bound_to != POLICY:
            continue
        ids = {m.id for m in members if set(version.roles) & set(m.roles)}
        ids |= await queries.holders(session, course.id, now.astimezone(clock.CHINA).date())
        await assign_many(session, course, ids, Why("policy", reason, policy.id, f"{POLICY}:{policy.version}"), now)


async def renew(session: AsyncSession, now: datetime) -> None:
    """Certificates that end within a month: their course is due before they do."""
    today, calendar = now.astimezone(clock.CHINA).date(), await calendar_of(session)
    for paper in await queries.lapsing(session, today + timedelta(days=RENEWED_BEFORE)):
        if paper.valid_until < today:
            continue  # it ended: roles, gates and people ask for it anew
        course, _version = await queries.course(session, paper.course_id)
        last = calendar.add_working_days(paper.valid_until + timedelta(days=1), -1)
        reason = _("the certificate ends on %(day)s", day=paper.valid_until.isoformat())
        due_at = calendar.close_of(max(last, calendar.next_working_day(today)))
        await assign_many(session, course, [paper.member_id], Why("renewal", reason, paper.id), now, due_at)


async def by_plan(session: AsyncSession, now: datetime) -> None:
    """Lines of the yearly plan whose month has begun: due at the end of that month."""
    today = now.astimezone(clock.CHINA).date()
    query = select(PlanItem).where(of_this_firm(PlanItem), PlanItem.assigned_at.is_(None), PlanItem.year == today.year)
    calendar, members = await calendar_of(session), await people(session)
    for item in (await session.scalars(query.where(PlanItem.month <= today.month).with_for_update())).all():
        course = await session.get_one(Course, (item.firm_id, item.course_id))
        ids = [m.id for m in members if set(item.roles) & set(m.roles)]
        end = following_month(date(item.year, item.month, 1))
        due_at = calendar.close_of(max(calendar.add_working_days(end, -1), calendar.next_working_day(today)))
        reason = _("yearly plan %(year)s, month %(month)s", year=item.year, month=item.month)
        await assign_many(session, course, ids, Why("plan", reason, item.id), now, due_at)
        item.assigned_at = now


async def daily(session: AsyncSession) -> None:
    """Once a day and firm: what nobody told us of is noticed here."""
    now = clock.now()
    await for_roles(session)
    await renew(session, now)
    await by_plan(session, now)
