"""Making scorecards: each person's figures of a period, read from the measures, with what they are worth."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.choices import Choice, choice, offer_choices
from saas.identity.models import Membership
from saas.identity.queries import members_by_id
from saas.improvement.measuring.counting import moments
from saas.insights.dashboards.periods import Period
from saas.insights.measures.catalogue import MEASURES
from saas.insights.measures.measure import Scope
from saas.insights.scorecards.card_models import Scorecard, ScoreLine
from saas.insights.scorecards.card_workflow import SCORECARD, CardFacts
from saas.insights.scorecards.points import PARTS, points, total
from saas.insights.scorecards.weighing import weights_on
from saas.insights.targets.reading import targets
from saas.kernel.access import Actor
from saas.kernel.db import FirmRow
from saas.kernel.i18n import _
from saas.kernel.months import month_before, quarter_name, quarter_number
from saas.kernel.perform import calendar_of, start
from saas.kernel.tenancy import current_firm_id, of_this_firm
from saas.tasks.models import Task

JUDGED = {"manager", "reviewer", "bookkeeper", "cashier", "trainer"}  # not owners, not auditors

offer_choices(
    Choice(
        "scorecards",
        _("Scorecards are made"),
        _("On the day after the period, for everybody who worked here in it. By hand a manager makes them."),
        "one",
        "hand",
        options=(("hand", _("by hand")), ("month", _("every month")), ("quarter", _("every quarter"))),
    ),
    Choice(
        "objection_days",
        _("Working days to object to a scorecard, a bonus or a penalty"),
        _("After them the scorecard is closed and frozen, the bonus or penalty final."),
        "count",
        5,
        least=1,
        most=30,
    ),
)


async def window_end(session: AsyncSession, now: datetime) -> datetime:
    """The close of the last working day on which somebody may object to what is told to them now."""
    calendar, days = await calendar_of(session), int(await choice(session, "objection_days"))
    return calendar.close_of(calendar.add_working_days(now.astimezone(calendar.zone).date(), days))


async def judged(session: AsyncSession, since: date, until: date) -> list[Membership]:
    """Everybody whose work is judged and who was here on some day of the period; who left since is among them."""
    begin, end = moments(since, until)
    return [
        member
        for member in (await members_by_id(session)).values()
        if not member.is_owner and JUDGED & set(member.roles) and member.joined_at < end
        and (member.left_at is None or member.left_at >= begin)
    ]  # fmt: skip


async def make(session: AsyncSession, period: Period, actor: Actor, now: datetime) -> int:
    """The cards that are missing, and how many those were; a card that is there stays as it is."""
    query = select(Scorecard.member_id).where(
        of_this_firm(Scorecard), Scorecard.since == period.since, Scorecard.until == period.until
    )
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"cards {current_firm_id()}", 0))))
    known = set((await session.scalars(query)).all())
    missing = [m for m in await judged(session, period.since, period.until) if m.id not in known]
    for member in missing:
        await _make(session, member, period, actor, now)
    return len(missing)


async def _make(session: AsyncSession, member: Membership, period: Period, actor: Actor, now: datetime) -> Scorecard:
    weights = await weights_on(session, period.until)
    lines = await read(session, member, period)
    by_part = CardFacts(lines, ()).by_part()
    closes_at = await window_end(session, now)
    card = Scorecard(
        member_id=member.id, period=period.key, since=period.since, until=period.until, weights=weights,
        total=total(by_part, weights), made_at=now, made_by=actor.id, closes_at=closes_at, due_at=closes_at,
    )  # fmt: skip
    await start(session, SCORECARD, card, actor, now=now)
    for line in lines:
        line.card_id = card.id
    session.add_all(lines)
    await session.flush()
    return card


async def read(session: AsyncSession, member: Membership, period: Period) -> list[ScoreLine]:
    """The figures as the boards show them under this person's name, with the targets of the period's last day."""
    scope = Scope(period.since, period.until, member_id=member.id)
    wanted, found = await targets(session, period.until), list[ScoreLine]()
    for part, shown in PARTS.items():
        for key in shown.measures:
            measure = MEASURES[key]
            figure = await measure.figure(session, scope)
            target: Decimal | None = wanted.get(key)
            found.append(
                ScoreLine(part=part, measure=key, place=len(found), n=figure.n, value=figure.value, target=target,
                          points=points(measure, figure.value, target))
            )  # fmt: skip
    return found


async def drop_tasks(session: AsyncSession, row: FirmRow, now: datetime) -> None:
    """Who left has no work here: the record waits for the end of its window alone."""
    query = select(Task).where(of_this_firm(Task), Task.subject_id == row.id, Task.done_at.is_(None))
    for task in (await session.scalars(query)).all():
        task.finish(now, None)
    await session.flush()


def last_complete(every: str, today: date) -> str:
    """The key of the month or quarter that ended last."""
    return quarter_name(quarter_number(today) - 1) if every == "quarter" else month_before(today)
