"""Replaying the story: every step at its own time, and between two steps what the workers would have done meanwhile.

Jobs promised during the replay are held, so that no worker does them today; they are run here, at the time they were
due. What was done is noted (DemoStep), so an interrupted replay goes on where it stopped and a second one adds nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select, update

from saas.demo.browser import StepRefused
from saas.demo.models import DemoStep
from saas.demo.progress import Tell
from saas.demo.scene import NotThere, Scene, Stage
from saas.demo.steps import Step
from saas.demo.story import THIS_QUARTER
from saas.kernel import clock, sealing, tenancy
from saas.kernel.clock import CHINA
from saas.kernel.errors import Refusal
from saas.kernel.jobs import MOST_ATTEMPTS, run_job
from saas.kernel.module import composition
from saas.kernel.outbox import Outbox, enqueue, holding

log = logging.getLogger("saas.demo")

ROUND = time(9, 35)  # when the scheduled jobs of a working day are run
SELDOM = 4  # working days, in the months before this quarter
DAILY_FROM = timedelta(days=7)  # before the story's end: daily jobs of longer ago would only fill the mailbox


@dataclass(slots=True)
class Replay:
    """One load of the demo. `refused` are the steps that the product said no to, or that had nothing to act on."""

    stage: Stage
    steps: Sequence[Step]
    tell: Tell
    now: datetime  # the replayed time reached so far
    known: dict[str, dict[str, str]] = field(default_factory=dict)  # by story
    broken: set[str] = field(default_factory=set)  # stories that end at a refused step
    refused: list[str] = field(default_factory=list)

    async def run(self) -> None:
        """Every step that was not made yet, in order, up to the end of the story's last day."""
        done = await self._done()
        rounds = [moment for moment in self._rounds() if moment > self.now]
        for number, step in enumerate(self.steps, 1):
            if step.key in done:
                continue
            while rounds and rounds[0] <= step.at:
                await self._round(rounds.pop(0))
            await self._work_until(step.at)
            if step.story not in self.broken:
                await self._make(step)
            await self.tell(number, len(self.steps))
        for moment in rounds:
            await self._round(moment)
        await self._work_until(self.stage.days.calendar.close_of(self.stage.days.last))

    async def _done(self) -> set[str]:
        """What earlier loads did: the keys, what their stories know, and the time reached."""
        async with self.stage.reading() as session:
            made = (await session.scalars(select(DemoStep).where(DemoStep.firm_id == self.stage.firm_id))).all()
        for row in sorted(made, key=lambda row: row.at):
            story = row.key.rpartition("/")[0] if row.outcome == "refused" else ""
            self.broken |= {step.story for step in self.steps if story and step.key == row.key}
            owner = next((step.story for step in self.steps if step.key == row.key), "")
            self.known.setdefault(owner, {}).update(row.known)
            self.now = max(self.now, row.at)
        return {row.key for row in made}

    async def _make(self, step: Step) -> None:
        stage, known = self.stage, dict(self.known.get(step.story, {}))
        data = next((c for c in stage.tenant.clients if c.short == step.client), None)
        self.now = max(self.now, step.at)
        scene = Scene(stage, self.now, step.story, data, dict(known))
        outcome, reason = "done", ""
        with clock.at(self.now), holding():
            try:
                await step.do(scene)
            except (StepRefused, NotThere, Refusal) as refusal:
                outcome, reason = "refused", str(getattr(refusal, "reason", "") or refusal)
                self.broken.add(step.story)
                self.refused.append(f"{step.key}: {reason}")
                log.error("step %s at %s: %s", step.key, self.now.astimezone(CHINA), reason)
        new = {name: value for name, value in scene.known.items() if known.get(name) != value}
        self.known[step.story] = scene.known
        async with stage.reading() as session:
            session.add(DemoStep(key=step.key, at=self.now, outcome=outcome, reason=reason[:2000], known=new))

    def _rounds(self) -> list[datetime]:
        """Every working day; of the months before this quarter every fourth, since little is under way then."""
        days, first = self.stage.days, self.steps[0].at.astimezone(CHINA).date()
        span = [first + timedelta(n) for n in range((days.last - first).days + 1)]
        worked, quarter = [day for day in span if days.calendar.is_working(day)], days.day(THIS_QUARTER)
        chosen = [day for n, day in enumerate(worked) if day >= quarter or n % SELDOM == 0]
        return [datetime.combine(day, ROUND, CHINA) for day in chosen]

    async def _round(self, at: datetime) -> None:
        """What the scheduler promises every firm, once a working day."""
        await self._work_until(at)
        recent = self.stage.days.last - at.astimezone(CHINA).date() <= DAILY_FROM
        due = [s.job for s in composition().schedules if s.every < timedelta(days=1) or recent]
        with clock.at(at), holding():
            async with self.stage.reading() as session:
                while await sealing.seal(session):  # the nightly proof wants the trail sealed up to now
                    await session.flush()
                for job in due:
                    enqueue(session, job)
        await self._work_until(at)

    async def _work_until(self, moment: datetime) -> None:
        """Every promised job that is due by then, each at its time, those that it promises included."""
        while (due := await self._next(moment)) is not None:
            job_id, at = due
            self.now = max(self.now, at)
            with clock.at(self.now), holding():
                await run_job(self.stage.database, self.stage.firm_id, job_id)
        self.now = max(self.now, moment)

    async def _next(self, moment: datetime) -> tuple[UUID, datetime] | None:
        async with self.stage.reading() as session:
            query = (
                select(Outbox.id, Outbox.due_at)
                .where(Outbox.firm_id == self.stage.firm_id, Outbox.held, Outbox.finished_at.is_(None))
                .where(~Outbox.dead, Outbox.attempts < MOST_ATTEMPTS, Outbox.due_at <= moment)
                .order_by(Outbox.due_at, Outbox.id)
                .limit(1)
            )
            row = (await session.execute(query)).first()
        return (row[0], row[1]) if row is not None else None


async def release(stage: Stage) -> None:
    """What is not done yet is due in the real future: from here on the workers do it."""
    async with stage.database.transaction(tenancy.firm(stage.firm_id)) as session:
        await session.execute(update(Outbox).where(Outbox.firm_id == stage.firm_id, Outbox.held).values(held=False))
