"""Where records wait: how long each step of a process takes, how much of it is standing still, and whose it is.

From the stage log only: working minutes by the firm's own calendar, pauses apart (domain.md W1, W5).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.improvement.measuring.counting import moments
from saas.improvement.measuring.rates import Rate
from saas.kernel.stages import StageEntry
from saas.kernel.tenancy import of_this_firm
from saas.kernel.workflow import State, Workflow

IDLE_SHARE = 15  # percent of all time: a step that takes more is looked at first


@dataclass(frozen=True, slots=True)
class Times:
    """Stays in one state that ended in a time, in working minutes; in a state that pauses all of them are waiting."""

    state: str
    count: int
    median: int
    upper: int  # nine of ten took no longer
    total: int  # of all stays together
    paused: int
    late: int  # stays that took longer than the step allows; 0 where it allows any time


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the table: the state with whose turn it is and how long they have, and what was measured."""

    state: State
    times: Times
    share: float  # percent of the time of the whole process
    kept: Rate  # stays that took longer than allowed ÷ stays

    @property
    def idle(self) -> bool:
        """It waits, for the client or in somebody's queue, and that costs much of the whole."""
        waits = self.state.pauses or self.state.responsible not in ("assignee", "system")
        return waits and self.share >= IDLE_SHARE and self.times.count >= 5


async def times(session: AsyncSession, workflow: Workflow, since: date, until: date) -> list[Times]:
    """One row for each state that records left between these days, both included."""
    begin, end = moments(since, until)
    worked = func.coalesce(StageEntry.working_minutes, 0)
    paused = func.coalesce(StageEntry.paused_minutes, 0)
    limits = {s.name: s.within for s in workflow.states if isinstance(s.within, int)}
    found = []
    query = (
        select(
            StageEntry.state,
            func.count(),
            cast(func.percentile_disc(0.5).within_group(worked), Integer),
            cast(func.percentile_disc(0.9).within_group(worked), Integer),
            func.sum(worked),
            func.sum(paused),
            func.array_agg(worked),
        )
        .where(of_this_firm(StageEntry), StageEntry.workflow == workflow.name)
        .where(StageEntry.left_at >= begin, StageEntry.left_at < end)
        .group_by(StageEntry.state)
    )
    for state, count, median, upper, total, still, stays in (await session.execute(query)).all():
        limit = limits.get(state)
        late = len([minutes for minutes in stays if minutes > limit]) if limit is not None else 0
        found.append(Times(state, count, median, upper, int(total), int(still), late))
    return found


def table(workflow: Workflow, measured: list[Times], since: date, until: date) -> list[Step]:
    """In the order of the process; states nobody left are not shown, nor the last ones."""
    known = {one.state: one for one in measured}
    whole = sum(one.total for one in measured) or 1
    return [
        Step(state, known[state.name], 100 * known[state.name].total / whole,
             Rate(known[state.name].late, known[state.name].count, since, until))
        for state in workflow.states
        if state.name in known and not state.final
    ]  # fmt: skip
