"""Making runs: by schedule, by an event, by hand; once for each checklist, client and period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checklists import chores, queries
from saas.checklists.models import ChecklistRun, ChecklistStep
from saas.checklists.plan import Plan, StepPlan, Window, applies, last_day, of_occasion, window_of, windows
from saas.checklists.queries import Current
from saas.checklists.workflow import RUN
from saas.clients import queries as clients
from saas.clients.models import Client
from saas.kernel import clock
from saas.kernel.access import SYSTEM, Actor
from saas.kernel.calendar import Calendar
from saas.kernel.filing import FilingCalendar, filing_table
from saas.kernel.i18n import _
from saas.kernel.jobs import report
from saas.kernel.outbox import enqueue
from saas.kernel.perform import calendar_of, start
from saas.kernel.tenancy import current_firm_id

EVERYBODY = 100_000  # clients of one firm


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a run belongs to that no schedule made: a refund, a case, a client's leaving, somebody's wish."""

    period: str
    kind: str = ""
    subject_id: UUID | None = None
    url: str = ""


async def plan_all(session: AsyncSession) -> None:
    """Every few hours: promise the runs of each checklist whose time has come."""
    for checklist_id in await wanted(session):
        enqueue(session, "checklists.make", checklist_id=checklist_id)


async def make(session: AsyncSession, checklist_id: str) -> None:
    """The runs of one checklist that should be there today and are not. Twice gives what once gave."""
    found = await queries.one(session, UUID(checklist_id))
    if not found.checklist.active:
        return
    await _one_at_a_time(session)
    todo = await missing(session, found, await every_client(session), clock.today())
    for number, (client, window) in enumerate(todo):
        await begin(session, found, client, window, SYSTEM)
        if number % 50 == 0:
            await report(number, len(todo), _("Making checklists"))


async def wanted(session: AsyncSession) -> list[UUID]:
    """Checklists with at least one run to be made today."""
    everybody, today = await every_client(session), clock.today()
    return [
        found.checklist.id
        for found in await queries.current(session, active=True)
        if await missing(session, found, everybody, today)
    ]


async def every_client(session: AsyncSession) -> Sequence[Client]:
    return await clients.clients(session, limit=EVERYBODY)


async def missing(
    session: AsyncSession, found: Current, everybody: Sequence[Client], today: date
) -> list[tuple[Client, Window]]:
    """(client, window) of the runs that should be there today and are not."""
    plan, filings = found.plan, await filings_of(session)
    due = [(c, w) for c in everybody if applies(plan, c) for w in windows(plan, c, filings, today) if _ours(c, w)]
    if not due:
        return []
    there = await queries.made(session, found.checklist.id, list({w.period for _client, w in due}))
    spared = {e.client_id for e in await queries.exemptions(session) if e.checklist_id == found.checklist.id}
    due = [(c, w) for c, w in due if c.id not in spared]
    if plan.who == "sample":
        return await _drawn(session, found, due, there)
    return [(c, w) for c, w in due if (c.id, w.period) not in there]


async def filings_of(session: AsyncSession) -> FilingCalendar:
    """The filing days that the checks before each filing use too."""
    return FilingCalendar(filing_table(), await calendar_of(session))


def _ours(client: Client, window: Window) -> bool:
    """Periods that ended before we kept the books are another firm's."""
    return client.taken_over_on is None or client.taken_over_on <= last_day(window.period)


async def _drawn(
    session: AsyncSession, found: Current, due: list[tuple[Client, Window]], there: set[tuple[UUID, str]]
) -> list[tuple[Client, Window]]:
    """The share the plan asks for, those first who were not drawn for longest: nobody is left out for good."""
    last = await queries.last_made(session, found.checklist.id)
    todo: list[tuple[Client, Window]] = []
    for period in {w.period for _client, w in due}:
        of_period = [(c, w) for c, w in due if w.period == period]
        wanted_number = ceil(len(of_period) * found.plan.sample_percent / 100)
        free = [(c, w) for c, w in of_period if (c.id, period) not in there]
        free.sort(key=lambda pair: (last.get(pair[0].id, ""), pair[0].id.bytes[::-1]))
        todo += free[: max(0, wanted_number - sum(p == period for _client, p in there))]
    return todo


async def begin(session: AsyncSession, found: Current, client: Client, window: Window, actor: Actor) -> ChecklistRun:
    """One run with its steps, and the tasks of those whose steps are not the preparer's."""
    calendar = await calendar_of(session)
    return await _begin(session, found, client, calendar, window, Occasion(window.period), actor)


async def begin_by_occasion(
    session: AsyncSession, found: Current, client: Client, occasion: Occasion, actor: Actor, on: date
) -> ChecklistRun | None:
    """A run that no schedule made; None where there is one for the same occasion."""
    await _one_at_a_time(session)
    if (client.id, occasion.period) in await queries.made(session, found.checklist.id, [occasion.period]):
        return None
    calendar = await calendar_of(session)
    due = of_occasion(calendar, on, found.plan)
    window = Window(occasion.period, on, on, due, calendar.is_provisional(on, due))
    return await _begin(session, found, client, calendar, window, occasion, actor)


async def window_by_hand(session: AsyncSession, plan: Plan, period: str, today: date) -> Window | None:
    """When a run started by hand for a period is due: as by schedule, never before today."""
    found = window_of(plan, period, await filings_of(session))
    if found is None or found.due >= today:
        return found
    due = (await calendar_of(session)).add_working_days(today, 1)
    return Window(found.period, found.base, found.opens, due, found.provisional)


async def _begin(
    session: AsyncSession,
    found: Current,
    client: Client,
    calendar: Calendar,
    window: Window,
    occasion: Occasion,
    actor: Actor,
) -> ChecklistRun:
    plan, now = found.plan, clock.now()
    run = ChecklistRun(
        checklist_id=found.checklist.id,
        version_id=found.version.id,
        client_id=client.id,
        period=occasion.period,
        name_zh=plan.name.zh,
        name_en=plan.name.en,
        client_name=client.name,
        lead=plan.lead,
        two_person=plan.two_person,
        preparer_id=client.reviewer_id if plan.lead == "reviewer" else client.bookkeeper_id,
        subject_kind=occasion.kind,
        subject_id=occasion.subject_id,
        subject_url=occasion.url,
        provisional=window.provisional,
        made_by=actor.id if actor.kind == "member" else None,
        made_at=now,
        due_at=calendar.close_of(window.due),
    )
    await start(session, RUN, run, actor, now=now, timeline=actor.kind == "member")
    steps = [_step(run, n, step, calendar, window) for n, step in enumerate(plan.steps, 1)]
    session.add_all(steps)
    await session.flush()
    await chores.give_steps(session, run, steps, now)
    return run


def _step(run: ChecklistRun, position: int, step: StepPlan, calendar: Calendar, window: Window) -> ChecklistStep:
    return ChecklistStep(
        run_id=run.id,
        position=position,
        title_zh=step.title.zh,
        title_en=step.title.en,
        help_zh=step.help.zh,
        help_en=step.help.en,
        evidence=step.evidence,
        role=step.role,
        two_person=step.two_person,
        due_at=_step_due(step, calendar, window),
    )


def _step_due(step: StepPlan, calendar: Calendar, window: Window) -> datetime | None:
    """A step of its own time, never after the whole."""
    if step.due_days is None:
        return None
    return calendar.close_of(min(calendar.add_working_days(window.base, step.due_days), window.due))


async def _one_at_a_time(session: AsyncSession) -> None:
    """Two makers in one moment would both find nothing there."""
    key = func.hashtextextended(f"checklists {current_firm_id()}", 0)
    await session.execute(select(func.pg_advisory_xact_lock(key)))
