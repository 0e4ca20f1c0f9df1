"""Limits the firm sets: looked at by schedule, each opens one task in its window and not another."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.models import Case
from saas.cases.workflow import OPEN
from saas.kernel import clock, tenancy
from saas.kernel.calendar import Calendar
from saas.kernel.clock import CHINA
from saas.kernel.i18n import Text, _
from saas.kernel.identifiers import uuid7
from saas.kernel.money import Money
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm
from saas.risks.levels import HIGH
from saas.risks.register import queries as register
from saas.risks.watch import settling
from saas.risks.watch.measuring import counted
from saas.risks.watch.naming import called, names
from saas.risks.watch.watch_models import Firing, Trigger
from saas.risks.wording import said
from saas.tasks.models import Task

DAYS_TO_ACT = 2  # working days
KINDS: dict[str, Text] = {
    "rule": _("Confirmed findings of one rule"),
    "cause": _("Cases of one cause"),
    "reason": _("Refunds of one reason"),
    "signal": _("Refund signals of one kind"),
    "exposure": _("What open cases may cost together"),
    "review": _("Working days a review is late"),
    "measure": _("Working days a measure is late"),
    "untreated": _("High risks left untreated so long"),
}
MONEY = frozenset({"exposure"})


@dataclass(frozen=True, slots=True)
class Reached:
    """A limit that is reached now: by what, how much, in which words, and where to look."""

    about: str
    count: int
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Looking:
    """What every kind of limit needs to count."""

    session: AsyncSession
    trigger: Trigger
    now: datetime
    calendar: Calendar
    named: dict[str, str]

    @property
    def today(self) -> date:
        return self.now.astimezone(CHINA).date()


async def evaluate(session: AsyncSession, now: datetime | None = None) -> list[Firing]:
    """The scheduled job: every limit. Run twice, or by two at once, it opens each task once.

    What is not reached any more, or belongs to a limit that was switched off, leaves nobody anything to do.
    """
    at = now or clock.now()
    query = select(Trigger).where(of_this_firm(Trigger)).order_by(Trigger.id)
    fired: list[Firing] = []
    named = await names(session)
    calendar = await calendar_of(session)
    for trigger in (await session.scalars(query.with_for_update())).all():
        looking = Looking(session, trigger, at, calendar, named)
        now_reached = await COUNTS[trigger.kind](looking) if trigger.is_on else []
        for reached in now_reached:
            found = await _fire(looking, reached)
            fired += [found] if found is not None else []
        await settling.end_gone(session, trigger.id, {reached.about[:64] for reached in now_reached}, at)
    return fired


async def run(session: AsyncSession) -> None:
    """The job itself; what fired is in the tables."""
    await evaluate(session)


async def _fire(looking: Looking, reached: Reached) -> Firing | None:
    """A firing and its task, unless this was said within the window or somebody still has it to do."""
    session, trigger = looking.session, looking.trigger
    about = reached.about[:64]
    lately = select(Firing.id).where(
        of_this_firm(Firing), Firing.trigger_id == trigger.id, Firing.about == about,
        or_(Firing.day > looking.today - timedelta(days=trigger.days), Firing.settled_at.is_(None)),
    )  # fmt: skip
    if await session.scalar(lately.limit(1)) is not None:
        return None
    new = insert(Firing).values(
        firm_id=tenancy.current_firm_id(), id=uuid7(), trigger_id=trigger.id, about=about, day=looking.today,
        at=looking.now, count=reached.count, url=reached.url,
    )  # fmt: skip
    found = await session.scalar(new.on_conflict_do_nothing().returning(Firing))
    if found is None:
        return None
    firing: Firing = found
    task = _task(looking, reached, firing)
    session.add(task)
    await session.flush()
    firing.task_id = task.id
    await session.flush()
    return firing


def _task(looking: Looking, reached: Reached, firing: Firing) -> Task:
    trigger = looking.trigger
    due = looking.calendar.add_minutes(looking.now, DAYS_TO_ACT * looking.calendar.minutes_per_day)[0]
    return Task(
        subject_kind="risk", subject_id=firing.id,
        title=_("Limit reached: %(what)s", what=reached.label or said(trigger.name)),
        step=_("Look at it and decide (%(count)s; limit %(limit)s)", count=shown(trigger.kind, reached.count),
               limit=shown(trigger.kind, trigger.at_least)),
        url=f"/risks/limits#firing-{firing.id}", role="" if trigger.assignee_id else trigger.role,
        assignee_id=trigger.assignee_id, severity="high", created_at=looking.now, due_at=due,
    )  # fmt: skip


def shown(kind: str, count: int) -> str:
    """A count as people read it; fen as yuan."""
    return str(Money(count)) if kind in MONEY else str(count)


async def _by_watch(looking: Looking) -> Sequence[Reached]:
    trigger, since = looking.trigger, looking.now - timedelta(days=looking.trigger.days)
    found = await counted(looking.session, trigger.kind, since, looking.now)
    return [
        Reached(watch, n, called(watch, looking.named), f"/risks/hits?watch={watch}")
        for watch, n in sorted(found.items())
        if n >= trigger.at_least and trigger.about in ("", watch.partition(":")[2])
    ]


async def _exposure(looking: Looking) -> Sequence[Reached]:
    query = select(func.coalesce(func.sum(Case.exposure), 0)).where(of_this_firm(Case), Case.state.in_(OPEN))
    total = await looking.session.scalar(query)
    fen = total.fen if isinstance(total, Money) else int(total or 0)
    return [Reached("", fen, "", "/cases")] if fen >= looking.trigger.at_least else []


async def _late_reviews(looking: Looking) -> Sequence[Reached]:
    found = []
    for risk in await register.due_for_review(looking.session, looking.today):
        late = looking.calendar.working_days(risk.review_on, looking.today)
        if late >= looking.trigger.at_least:
            found.append(Reached(str(risk.id), late, f"{risk.number} {risk.title}", f"/risks/{risk.id}"))
    return found


async def _late_measures(looking: Looking) -> Sequence[Reached]:
    found = []
    for measure in await register.overdue_measures(looking.session, looking.today):
        late = looking.calendar.working_days(measure.due_on, looking.today)
        if late >= looking.trigger.at_least:
            found.append(Reached(str(measure.id), late, measure.text, f"/risks/{measure.risk_id}"))
    return found


async def _untreated(looking: Looking) -> Sequence[Reached]:
    since = looking.now - timedelta(days=looking.trigger.days)
    waiting = [
        risk for risk in await register.risks(looking.session)
        if risk.state == "open" and risk.inherent >= HIGH and risk.entered_at <= since
    ]  # fmt: skip
    enough = len(waiting) >= looking.trigger.at_least
    return [Reached("", len(waiting), "", "/risks?level=high&state=open")] if enough else []


Count = Callable[[Looking], Awaitable[Sequence[Reached]]]
COUNTS: dict[str, Count] = {
    **dict.fromkeys(("rule", "cause", "reason", "signal"), _by_watch),
    "exposure": _exposure,
    "review": _late_reviews,
    "measure": _late_measures,
    "untreated": _untreated,
}


async def triggers(session: AsyncSession) -> Sequence[Trigger]:
    return (await session.scalars(select(Trigger).where(of_this_firm(Trigger)).order_by(Trigger.id))).all()


async def trigger(session: AsyncSession, trigger_id: UUID) -> Trigger | None:
    query = select(Trigger).where(of_this_firm(Trigger), Trigger.id == trigger_id)
    found: Trigger | None = await session.scalar(query.with_for_update())
    return found
