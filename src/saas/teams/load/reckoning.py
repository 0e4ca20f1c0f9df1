"""How much open work each person has, and how much time they have for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.choices import Choice, choice, offer_choices
from saas.identity.models import Membership
from saas.identity.queries import members
from saas.kernel.calendar import Calendar
from saas.kernel.clock import CHINA
from saas.kernel.i18n import _
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm
from saas.tasks.models import Task
from saas.teams.cover import cover_queries
from saas.teams.cover.away import absent_on
from saas.teams.cover.cover_models import Cover

# Working minutes one open item of a kind still takes, as experience has it; what is grave takes longer.
MINUTES = {
    "case": 120, "refund": 90, "notice": 20, "checklist": 60, "finding": 15, "incident": 120, "course": 90,
    "improvement": 45, "change": 45, "help": 15, "reading": 15, "procedure": 30, "handover": 40, "regulation": 30,
}  # fmt: skip
OTHER = 30
WEEK = timedelta(days=7)  # rolling: on a Friday the coming days count, not two hours
FACTORS = {"critical": 200, "high": 150, "low": 75}  # percent

offer_choices(
    Choice(
        "load_percent",
        _("Part of the day that open items may fill, in percent"),
        _("The rest goes to the telephone, to daily bookkeeping and to breaks. The load view reckons with it."),
        "count",
        60,
        least=20,
        most=100,
    )
)


@dataclass(frozen=True, slots=True)
class Load:
    """One person's open items; those with a client wait and count no minutes."""

    member: Membership
    overdue: int
    today: int
    week: int
    later: int
    waiting: int
    minutes: int  # of everything open that does not wait
    soon: int  # of what is overdue or due within the next seven days
    free: int  # working minutes this person has for it within them
    absence: Cover | None

    @property
    def open(self) -> int:
        return self.overdue + self.today + self.week + self.later

    @property
    def percent(self) -> int:
        """Of the time of the next seven days; more than 100 does not fit. Nobody away can do anything."""
        if self.free:
            return 100 * self.soon // self.free
        return 999 if self.soon else 0


def minutes_of(task: Task) -> int:
    """Working minutes, whole."""
    return MINUTES.get(task.subject_kind, OTHER) * FACTORS.get(task.severity, 100) // 100


async def loads(session: AsyncSession, now: datetime) -> list[Load]:
    """Everybody who works here, the fullest first."""
    query = select(Task).where(of_this_firm(Task), Task.done_at.is_(None), Task.assignee_id.is_not(None))
    tasks: dict[UUID | None, list[Task]] = {}
    for task in (await session.scalars(query)).all():
        tasks.setdefault(task.assignee_id, []).append(task)
    calendar, part = await calendar_of(session), int(await choice(session, "load_percent"))
    today = now.astimezone(CHINA).date()
    absent, covers = await absent_on(session, today), await cover_queries.standing(session)
    found = [
        _load(m, tasks.get(m.id, []), now, _free(calendar, now, [c for c in covers if c.member_id == m.id], part),
              absent.get(m.id))
        for m in await members(session)
    ]  # fmt: skip
    return sorted(found, key=lambda load: (-load.percent, -load.minutes, load.member.name))


def _load(member: Membership, tasks: Iterable[Task], now: datetime, free: int, absence: Cover | None) -> Load:
    counts = dict.fromkeys(("overdue", "today", "week", "later", "waiting"), 0)
    minutes = soon = 0
    for task in tasks:
        when = when_due(task, now)
        counts[when] += 1
        if when != "waiting":
            minutes += minutes_of(task)
            soon += minutes_of(task) if when != "later" else 0
    return Load(member=member, minutes=minutes, soon=soon, free=free, absence=absence, **counts)


def when_due(task: Task, now: datetime) -> str:
    """overdue, today, week (the next seven days), later, or waiting for a client."""
    if task.paused_since is not None:
        return "waiting"
    if task.due_at is None:
        return "later"
    today, due = now.astimezone(CHINA).date(), task.due_at.astimezone(CHINA).date()
    if task.due_at < now:
        return "overdue"
    return "today" if due == today else "week" if due < today + WEEK else "later"


def _free(calendar: Calendar, now: datetime, covers: Sequence[Cover], part: int) -> int:
    """Working minutes of seven days, without the days of an absence, times the part that open items may fill."""
    today, total = now.astimezone(CHINA).date(), 0
    for day in (today + timedelta(days=n) for n in range(WEEK.days)):
        away = any(c.kind != "delegation" and c.from_on <= day <= c.until_on for c in covers)
        if calendar.is_working(day) and not away:
            begin = now if day == today else datetime.combine(day, datetime.min.time(), CHINA)
            total += calendar.working_minutes(begin, calendar.close_of(day))
    return total * part // 100


def lightest(found: Sequence[Load], but: UUID, roles: Iterable[str] = ()) -> Load | None:
    """Who has the most room: here today, with one of these roles where any are asked."""
    wanted = set(roles)
    able = [
        x for x in found if x.member.id != but and x.absence is None and (not wanted or wanted & set(x.member.roles))
    ]
    return min(able, key=lambda load: (load.percent, load.minutes), default=None)
