"""Looking at the figures by the rules, and telling the owner: a task in My work and a mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.queries import firm as firm_of
from saas.identity.mails import Message, deliver
from saas.identity.models import Membership
from saas.identity.queries import members_by_id
from saas.insights.alerts.alert_models import KpiAlarm, KpiAlert
from saas.insights.dashboards.periods import TREND, period_of
from saas.insights.dashboards.units import worded
from saas.insights.measures.catalogue import MEASURES
from saas.insights.measures.measure import Figure, Measure, Scope
from saas.insights.reports.making import language_of
from saas.kernel import clock
from saas.kernel.clock import CHINA
from saas.kernel.i18n import Text, _
from saas.kernel.outbox import enqueue
from saas.kernel.tenancy import of_this_firm
from saas.tasks.models import Task
from saas.tasks.routing import route

ROOM = "/insights/alerts"
SUBJECT = "kpi_alarm"
WORSE = 3  # periods in a row
ANSWER_WITHIN = timedelta(days=3)


async def watch(session: AsyncSession) -> None:
    """Every hour: each rule that has told nothing in its window yet and whose owner is not in quiet hours."""
    now = clock.now()
    members = await members_by_id(session)
    for alert in await rules(session):
        if alert.measure not in MEASURES or alert.is_quiet(now.astimezone(CHINA).hour):
            continue
        if await _told(session, alert, window_of(alert, now)) is None:
            figure = await crossed(session, MEASURES[alert.measure], alert, now)
            if figure is not None and figure.value is not None:
                await _tell(session, alert, figure, members.get(alert.owner_id), now)


async def rules(session: AsyncSession) -> Sequence[KpiAlert]:
    """Those that run, oldest first."""
    query = select(KpiAlert).where(of_this_firm(KpiAlert), KpiAlert.ended_at.is_(None))
    return (await session.scalars(query.order_by(KpiAlert.made_at))).all()


def window_of(alert: KpiAlert, now: datetime) -> str:
    day = now.astimezone(CHINA).date()
    if alert.window == "day":
        return day.isoformat()
    if alert.window == "month":
        return f"{day:%Y-%m}"
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02}"


async def crossed(session: AsyncSession, measure: Measure, alert: KpiAlert, now: datetime) -> Figure | None:
    """The figure that is beyond the rule, else None. A small sample alarms nobody."""
    period = period_of(f"{alert.days}d", now.astimezone(CHINA).date())
    if period is None:
        return None
    spans = period.spans[-1:] if alert.kind == "limit" else period.spans[TREND - WORSE - 1 :]
    figures = [await measure.figure(session, Scope(*span)) for span in spans]
    values = [figure.value for figure in figures if figure.value is not None]
    if len(values) < len(spans):
        return None
    sign = 1 if alert.side == "above" else -1
    if alert.kind == "limit":
        assert alert.bound is not None
        return figures[-1] if (values[0] - alert.bound) * sign > 0 else None
    return figures[-1] if all((after - before) * sign > 0 for before, after in pairwise(values)) else None


async def _told(session: AsyncSession, alert: KpiAlert, window: str) -> KpiAlarm | None:
    query = select(KpiAlarm).where(of_this_firm(KpiAlarm), KpiAlarm.alert_id == alert.id, KpiAlarm.window == window)
    found: KpiAlarm | None = await session.scalar(query)
    return found


async def _tell(
    session: AsyncSession, alert: KpiAlert, figure: Figure, owner: Membership | None, now: datetime
) -> None:
    """An owner who left gets nothing: any manager has the task then."""
    assert figure.value is not None
    here = owner is not None and owner.left_at is None
    alarm = KpiAlarm(alert_id=alert.id, window=window_of(alert, now), value=figure.value, n=figure.n, at=now)
    session.add(alarm)
    await session.flush()
    task = Task(subject_kind=SUBJECT, subject_id=alarm.id, title=words(alert, alarm), step=_("Answer the alert"),
                url=f"{ROOM}#alarm-{alarm.id}", role="" if here else "manager", created_at=now,
                due_at=now + ANSWER_WITHIN)  # fmt: skip
    await route(session, task, alert.owner_id if here else None, now)
    session.add(task)
    await session.flush()
    if here:
        enqueue(session, "insights.tell", alarm_id=str(alarm.id))


def words(alert: KpiAlert, alarm: KpiAlarm) -> Text:
    """What was seen, in one sentence; kept as the title of a task, it is read in each reader's language."""
    measure = MEASURES[alert.measure]
    given = {"measure": measure.name, "value": worded(measure.unit, alarm.value), "n": alarm.n}
    if alert.kind == "trend":
        return _("%(measure)s: worse three times in a row, now %(value)s (n = %(n)s)", **given)
    given["bound"] = worded(measure.unit, alert.bound)
    if alert.side == "above":
        return _("%(measure)s: %(value)s is above %(bound)s (n = %(n)s)", **given)
    return _("%(measure)s: %(value)s is below %(bound)s (n = %(n)s)", **given)


async def mail_owner(session: AsyncSession, alarm_id: str) -> None:
    """The job behind an alarm's mail, in its owner's language."""
    query = select(KpiAlarm, KpiAlert).join(KpiAlert, KpiAlert.id == KpiAlarm.alert_id)
    alarm, alert = (
        await session.execute(
            query.where(of_this_firm(KpiAlarm), of_this_firm(KpiAlert), KpiAlarm.id == UUID(alarm_id))
        )
    ).one()
    owner = (await members_by_id(session))[alert.owner_id]
    if owner.left_at is not None:
        return
    firm, locale = await firm_of(session), await language_of(session, owner)
    message = Message(
        _("A figure needs you: %(measure)s", measure=MEASURES[alert.measure].name),
        [words(alert, alarm), _("Say what is done about it; until then it stays in your work.")],
        f"/f/{firm.slug}{ROOM}#alarm-{alarm.id}",
    )
    await deliver(message, owner.email, owner.name, locale)
