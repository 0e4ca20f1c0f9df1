"""A firm with the checklists of the starter, and one client in Ben's charge, reviewed by Quinn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from saas.checklists import filling, making, queries
from saas.checklists.forms import StepRef, Tick
from saas.checklists.models import ChecklistRun, ChecklistStep
from saas.checklists.queries import Current
from saas.checklists.workflow import RUN
from saas.clients.models import Client
from saas.kernel.access import Actor
from saas.kernel.perform import perform
from saas.kernel.tenancy import of_this_firm
from tests.cases.story import make_client
from tests.cast import Cast

PAPER = {"name": "对账单.pdf", "sha256": "d" * 64, "size": 1}


@dataclass(slots=True)
class Desk:
    """The firm of the cast with its checklists, and what people do with a run."""

    cast: Cast
    client: Client

    async def checklist(self, key: str) -> Current:
        async with self.cast.transaction() as session:
            found = await queries.by_key(session, key)
            assert found is not None
            return found

    async def make(self, key: str) -> list[ChecklistRun]:
        """What the schedule makes of one checklist; every run there is of it."""
        found = await self.checklist(key)
        async with self.cast.transaction() as session:
            await making.make(session, str(found.checklist.id))
        return await self.runs(key)

    async def runs(self, key: str) -> list[ChecklistRun]:
        found = await self.checklist(key)
        async with self.cast.transaction() as session:
            query = select(ChecklistRun).where(
                of_this_firm(ChecklistRun), ChecklistRun.checklist_id == found.checklist.id
            )
            return list((await session.scalars(query.order_by(ChecklistRun.period))).all())

    async def run(self, key: str = "month-end-general") -> ChecklistRun:
        """The newest run the schedule made."""
        return (await self.make(key))[-1]

    async def steps(self, run: ChecklistRun) -> list[ChecklistStep]:
        async with self.cast.transaction() as session:
            return (await queries.steps(session, [run.id]))[run.id]

    async def act(self, run: ChecklistRun, action: str, actor: Actor, form: Any = None) -> ChecklistRun:
        """One deed in a transaction of its own."""
        async with self.cast.transaction() as session:
            done: ChecklistRun = await perform(session, RUN, run.id, action, actor, form)
            return done

    async def tick(self, run: ChecklistRun, position: int, actor: Actor, **given: Any) -> None:
        told: dict[str, Any] = {"outcome": "done", "note": "", "number": None, "link": "", "files": []}
        await self.act(run, "tick", actor, Tick(step=position, **{**told, **given}))

    async def tick_all(self, run: ChecklistRun, actor: Actor, second: Actor) -> None:
        """Every step with a note; those that want two people are confirmed by the second."""
        for step in await self.steps(run):
            if not step.outcome:
                await self.tick(run, step.position, actor, note="已核对", files=[PAPER], link="/f/x", number=1)
            if step.two_person:
                await self.act(run, "confirm", second, StepRef(step.position))

    async def prepared(self, run: ChecklistRun) -> ChecklistRun:
        """Ben did everything, Lin confirmed where two are asked for, Ben finished."""
        await self.tick_all(run, self.cast.ben, self.cast.lin)
        return await self.act(run, "finish", self.cast.ben)


@pytest.fixture
async def desk(cast: Cast) -> Desk:
    client, _contact = await make_client(cast, filing_period="month", taken_over_on=date(2024, 1, 1))
    async with cast.transaction() as session:
        await filling.copy_checklists(session)
    return Desk(cast, client)
