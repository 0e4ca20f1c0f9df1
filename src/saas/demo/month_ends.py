"""Every client's month-end checklist: last month's worked through and signed off, this month's well under way.

Nine hundred steps are ticked by the functions behind the pages, by the same rules and with the same entries in the
trail; finishing and signing off are deeds of the workflow.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checklists import making, queries
from saas.checklists.forms import Tick
from saas.checklists.models import ChecklistRun, ChecklistStep
from saas.checklists.plan import last_day
from saas.checklists.workflow import RUN, run_facts
from saas.demo.browser import StepRefused
from saas.demo.checking_off import SAID, WORKED
from saas.demo.scene import Scene
from saas.demo.story import Days
from saas.identity.actors import actor_for
from saas.identity.models import Membership
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.access import SYSTEM
from saas.kernel.audit import AuditEntry
from saas.kernel.clock import CHINA
from saas.kernel.perform import perform
from saas.kernel.tenancy import of_this_firm
from saas.kernel.workflow import Deed, refusal_of

BATCHES = 3  # a month is closed on three days, a third of the clients on each
CLOSED_FROM = 2  # working days after the month's end
STUCK, WAITING = "听澜设计", ("青屏纸品",)  # late: papers are missing; finished, not signed off yet
PACE = 32  # days in which a month's steps are done, evenly
Timed = tuple[datetime, str, Callable[[Scene], Awaitable[None]]]


@dataclass(frozen=True, slots=True)
class Part:
    """Which runs of a month a step is about: by place in their order, or by the client's name."""

    month: str
    batch: int
    last: bool = False  # those left for the story's last day


def plan(days: Days) -> Iterator[Timed]:
    """(when, key, deed)."""
    this = f"{days.last:%Y-%m}"
    before = f"{days.last.replace(day=1) - timedelta(1):%Y-%m}"
    for month in (before, this):
        first = days.calendar.next_working_day(date.fromisoformat(f"{month}-01"))
        yield _at(days, first, 9, 2), f"{month}/made", partial(make, month=month)
    for batch in range(BATCHES):
        done = days.calendar.add_working_days(last_day(before), CLOSED_FROM + batch)
        part = Part(before, batch)
        yield _at(days, min(done, days.day(-1)), 11, 40 + batch), f"{before}/worked/{batch}", partial(work, part=part)
        signed = min(days.calendar.add_working_days(done, 1), days.last)
        yield _at(days, signed, 16, 40 + batch), f"{before}/signed/{batch}", partial(sign, part=part)
    yield _at(days, days.last, 11, 50), f"{before}/rest", partial(work, part=Part(before, -1, last=True))
    yield _at(days, days.last, 11, 55), f"{this}/begun", partial(go_on, month=this)


def _at(days: Days, day: date, hour: int, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=CHINA)


async def make(scene: Scene, month: str) -> None:
    """What the schedule makes on the first day of the month."""
    async with scene.stage.reading() as session:
        everybody = await making.every_client(session)
        for key in WORKED.values():
            found = await queries.by_key(session, key)
            if found is None:
                continue
            for client, window in await making.missing(session, found, everybody, clock.today()):
                if window.period == month:
                    await making.begin(session, found, client, window, SYSTEM)


async def work(scene: Scene, part: Part) -> None:
    """Every step is done, and the bookkeeper says so; of the one that is stuck only half."""
    async with scene.stage.reading() as session:
        people = await members_by_id(session)
        runs = await _open(session, scene, part)
        steps = await queries.steps(session, [run.id for run in runs])
        for run in runs:
            keeper = people[run.preparer_id] if run.preparer_id else None
            if keeper is None:
                continue
            stuck = run.client_name == _name(scene, STUCK)
            await _tick(session, run, steps[run.id], len(steps[run.id]) // 2 if stuck else len(steps[run.id]), keeper)
            if not stuck:
                await perform(session, RUN, run.id, "finish", actor_for(keeper))


async def sign(scene: Scene, part: Part) -> None:
    """The reviewers sign off what was finished the day before."""
    reviewers = {c.name: await scene.member(c.reviewer) for c in scene.stage.tenant.clients}
    async with scene.stage.reading() as session:
        query = select(ChecklistRun).where(of_this_firm(ChecklistRun), ChecklistRun.state == "prepared")
        for run in (await session.scalars(query.where(ChecklistRun.period == part.month))).all():
            if run.client_name in reviewers:
                reviewer = actor_for(reviewers[run.client_name]).signed_in(clock.now())
                await perform(session, RUN, run.id, "sign_off", reviewer)


async def go_on(scene: Scene, month: str) -> None:
    """This month's lists, as far as the month has gone."""
    async with scene.stage.reading() as session:
        people = await members_by_id(session)
        query = select(ChecklistRun).where(of_this_firm(ChecklistRun), ChecklistRun.state == "open")
        runs = (await session.scalars(query.where(ChecklistRun.period == month).order_by(ChecklistRun.id))).all()
        steps = await queries.steps(session, [run.id for run in runs])
        for place, run in enumerate(runs):
            keeper = people[run.preparer_id] if run.preparer_id else None
            if keeper is not None:
                far = len(steps[run.id]) * scene.at.astimezone(CHINA).day // PACE
                await _tick(session, run, steps[run.id], max(0, far - place % 3), keeper)


async def _open(session: AsyncSession, scene: Scene, part: Part) -> Sequence[ChecklistRun]:
    """The month's open runs of this part, in the order in which they were made."""
    query = select(ChecklistRun).where(of_this_firm(ChecklistRun), ChecklistRun.period == part.month)
    runs = (await session.scalars(query.order_by(ChecklistRun.id))).all()
    late = {_name(scene, short) for short in WAITING}
    chosen = [r for n, r in enumerate(runs) if (r.client_name in late if part.last else n % BATCHES == part.batch)]
    return [run for run in chosen if run.state == "open" and (part.last or run.client_name not in late)]


def _name(scene: Scene, short: str) -> str:
    return next((client.name for client in scene.stage.tenant.clients if client.short == short), "")


async def _tick(
    session: AsyncSession, run: ChecklistRun, steps: Sequence[ChecklistStep], far: int, keeper: Membership
) -> None:
    """The first `far` steps are done now; the trail says what perform() would. StepRefused where a rule says no."""
    actor, now, (action, *_others) = actor_for(keeper), clock.now(), RUN.named("tick")
    facts = await run_facts(session, run)
    for step in steps[:far]:
        number = Decimal(0) if step.evidence == "number" else None
        deed = Deed(actor, now, Tick(step.position, "done", SAID, number, "", []), facts=facts)
        reason = refusal_of(action, run, deed)
        if reason is not None:
            raise StepRefused(RUN.url(run), 403, str(reason))
        action.verb(run, deed)
        session.add(
            AuditEntry(
                at=now, actor_kind=actor.kind, actor_id=actor.id, actor_name=actor.name, action="checklist.tick",
                subject_kind=RUN.name, subject_id=run.id, client_id=run.client_id, from_state=run.state,
                to_state=run.state, timeline=False, detail=deed.detail,
            )
        )  # fmt: skip
    await session.flush()
