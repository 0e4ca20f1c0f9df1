"""How well checklists are kept (domain.md W5), as functions over a stretch of time; always with n.

on time        runs finished by their due time ÷ runs whose due time lies in the stretch and has passed, or that are
               finished; void ones are left out of both
completeness   steps done with the evidence they ask for ÷ steps done that ask for evidence, of the same runs
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checklists.models import ChecklistRun, ChecklistStep
from saas.kernel.tenancy import of_this_firm

FEWEST = 5  # under this n no rate is shown (domain.md W5)


@dataclass(frozen=True, slots=True)
class Rate:
    """`hits` of `n`; the percentage only where n is large enough."""

    hits: int
    n: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.hits / self.n) if self.n >= FEWEST else None


@dataclass(frozen=True, slots=True)
class Line:
    """Both measures of one checklist or one person; `key` is None for the whole firm and for work given to nobody."""

    key: UUID | None
    on_time: Rate
    completeness: Rate


async def whole(session: AsyncSession, since: datetime, until: datetime, now: datetime) -> Line:
    """The firm's."""
    return (await _grouped(session, None, since, until, now) or [Line(None, Rate(0, 0), Rate(0, 0))])[0]


async def by_checklist(session: AsyncSession, since: datetime, until: datetime, now: datetime) -> Sequence[Line]:
    return await _grouped(session, ChecklistRun.checklist_id, since, until, now)


async def by_person(session: AsyncSession, since: datetime, until: datetime, now: datetime) -> Sequence[Line]:
    """By whoever finished it, else by whoever has it."""
    return await _grouped(session, func.coalesce(ChecklistRun.prepared_by, ChecklistRun.preparer_id), since, until, now)


async def _grouped(session: AsyncSession, key: Any, since: datetime, until: datetime, now: datetime) -> list[Line]:
    run, step = ChecklistRun, ChecklistStep
    counts = (
        of_this_firm(run), run.due_at >= since, run.due_at < until, run.state != "void",
        or_(run.prepared_at.is_not(None), run.due_at < now),
    )  # fmt: skip
    columns = [func.count().label("n"), func.count().filter(run.prepared_at <= run.due_at).label("hits")]
    runs = await _by_key(session, select(*columns).select_from(run).where(*counts), key)
    asked = [func.count().label("n"), func.count().filter(_given()).label("hits")]
    joined = select(*asked).select_from(run).join(step, (step.firm_id == run.firm_id) & (step.run_id == run.id))
    steps = await _by_key(session, joined.where(*counts, step.outcome == "done", step.evidence != "none"), key)
    return [
        Line(found, Rate(hits, n), Rate(*steps.get(found, (0, 0))))
        for found, (hits, n) in sorted(runs.items(), key=lambda item: -item[1][1])
        if n
    ]


async def _by_key(session: AsyncSession, query: Any, key: Any) -> dict[UUID | None, tuple[int, int]]:
    if key is None:
        row = (await session.execute(query)).one()
        return {None: (row.hits, row.n)}
    grouped = query.add_columns(key.label("key")).group_by(key)
    return {row.key: (row.hits, row.n) for row in (await session.execute(grouped)).all()}


def _given() -> Any:
    """Whether the evidence a step asks for is there (ChecklistStep.has_evidence, in SQL)."""
    step = ChecklistStep
    return case(
        (step.evidence == "note", step.note != ""),
        (step.evidence == "file", func.jsonb_array_length(step.files) > 0),
        (step.evidence == "number", step.number.is_not(None)),
        else_=step.link != "",
    )
