"""The jobs: on the first working morning of a week the digest is frozen and told to each who wishes it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.queries import firm as firm_of
from saas.identity.mails import Message, deliver
from saas.identity.models import Membership
from saas.identity.queries import member as member_of
from saas.insights.alerts.alert_models import is_quiet
from saas.insights.dashboards.readings import Reading, change, goal
from saas.insights.dashboards.units import said
from saas.insights.digest.digest_models import DigestReader, WeekDigest
from saas.insights.digest.gathering import crossings, figures_of, gathered
from saas.insights.digest.weeks import is_time, week_of
from saas.insights.reports.making import language_of
from saas.insights.reports.queries import readers, subscribers
from saas.kernel import clock
from saas.kernel.i18n import Text, _, reading
from saas.kernel.outbox import enqueue
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm
from saas.tasks.models import Task
from saas.tasks.routing import route

ROOM = "/insights/digest"
SUBJECT = "week_digest"


async def weekly(session: AsyncSession) -> None:
    """Every hour: nothing outside the firm's working hours, nothing twice in a week, nobody in their quiet hours.

    Whoever subscribes later in the week waits for the next one.
    """
    wishes = [(wish, member) for wish, member in await subscribers(session) if wish.weekly]
    if not wishes:
        return
    calendar, now = await calendar_of(session), clock.now()
    local = now.astimezone(calendar.zone)
    if not is_time(calendar, now):
        return
    digest = await of_week(session, week_of(local.date()))
    if digest is not None and digest.made_at.astimezone(calendar.zone).date() != local.date():
        return
    told = set[UUID]() if digest is None else await _told(session, digest.id)
    for wish, member in wishes:
        if member.id not in told and not is_quiet(local.hour, wish.quiet_from, wish.quiet_until):
            digest = digest or await _frozen(session, now, week_of(local.date()))
            await _tell(session, digest, member, now, calendar.close_of(local.date()))


async def of_week(session: AsyncSession, week: str = "") -> WeekDigest | None:
    """That of a week, the last one where none is named."""
    query = select(WeekDigest).where(of_this_firm(WeekDigest))
    query = query.where(WeekDigest.week == week) if week else query.order_by(WeekDigest.week.desc()).limit(1)
    found: WeekDigest | None = await session.scalar(query)
    return found


async def reader_row(session: AsyncSession, digest_id: UUID, member_id: UUID) -> DigestReader | None:
    query = select(DigestReader).where(of_this_firm(DigestReader), DigestReader.digest_id == digest_id)
    found: DigestReader | None = await session.scalar(
        query.where(DigestReader.member_id == member_id).with_for_update()
    )
    return found


async def _told(session: AsyncSession, digest_id: UUID) -> set[UUID]:
    query = select(DigestReader.member_id).where(of_this_firm(DigestReader), DigestReader.digest_id == digest_id)
    return set((await session.scalars(query)).all())


async def _frozen(session: AsyncSession, now: datetime, week: str) -> WeekDigest:
    digest = WeekDigest(week=week, made_at=now, content=await gathered(session, now))
    session.add(digest)
    await session.flush()
    return digest


async def _tell(session: AsyncSession, digest: WeekDigest, member: Membership, now: datetime, due_at: datetime) -> None:
    row = DigestReader(digest_id=digest.id, member_id=member.id, told_at=now)
    session.add(row)
    await session.flush()
    task = Task(subject_kind=SUBJECT, subject_id=row.id, title=_("Digest of week %(week)s", week=digest.week),
                step=_("Read the week’s digest"), url=f"{ROOM}/{digest.week}", created_at=now,
                due_at=due_at)  # fmt: skip
    await route(session, task, member.id, now)
    session.add(task)
    await session.flush()
    enqueue(session, "insights.mail_digest", week=digest.week, member_id=member.id)


async def mail_digest(session: AsyncSession, week: str, member_id: str) -> None:
    """The mail to one reader, in their language: ten figures, how much crossed a limit, how much is late."""
    digest, member = await of_week(session, week), await member_of(session, UUID(member_id))
    if digest is None or member.left_at is not None or not readers() & set(member.roles):
        return
    firm, locale = await firm_of(session), await language_of(session, member)
    with reading(locale):
        crossed = await crossings(session, digest.content)
        lines = [
            _("%(n)s figures crossed a limit; %(open)s of them wait for an answer.", n=len(crossed),
              open=sum(one.open for one in crossed)),
            *[one.words for one in crossed if one.open],
            _("%(n)s things in the firm are past their time.", n=digest.content["late"]),
        ]  # fmt: skip
        message = Message(
            _("The week at %(firm)s: %(week)s", firm=firm.name_in(locale), week=week),
            lines,
            f"/f/{firm.slug}{ROOM}/{week}",
            _("Open the digest"),
            facts=[(one.measure.name, _in_words(one)) for one in figures_of(digest.content)],
            foot=_("You get this mail because you subscribed to the week’s digest; the page of reports ends it."),
        )
    await deliver(message, member.email, member.name, locale)


def _in_words(one: Reading) -> Text | str:
    measure, figure = one.measure, one.now
    if figure.hidden and figure.n:
        return _("Sample too small (n = %(n)s)", n=figure.n)
    words = [said(measure.unit, figure.value), str(change(one)), goal(measure, one.target)]
    return " · ".join(word for word in words if word)
