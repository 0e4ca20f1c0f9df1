"""The compact rows of closings: one each time a case under a rule is closed, with when the same came back.

Whether it did depends on other cases too, which open, turn out to be nothing or are dismissed later: every step of a
case that can change it looks again at the closings of its client and rule.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import CursorResult, Select, case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from saas.cases.models import Case
from saas.improvement.causes.recurrence import WITHIN
from saas.improvement.measuring.counting import NOT_ONE
from saas.insights.models import ClosingFact
from saas.kernel.module import Transition
from saas.kernel.stages import StageEntry
from saas.kernel.tenancy import of_this_firm

COLUMNS = ("firm_id", "id", "case_id", "client_id", "rule", "at", "reopened_at")
TURNS = ("new", "reopened", "explained", "closed", "dismissed")  # what a case turns into that opens or annuls it


async def follow(session: AsyncSession, step: Transition) -> None:
    """A closing gets its row, a reopening its moment; then the closings of the client and rule are looked at again."""
    if step.workflow.name != "case" or step.source == step.target or not step.row.rule:
        return
    if step.target == "closed" and step.source != "explained":
        await _write(session, _closings().where(Case.id == step.row.id))
    elif step.source == "closed":
        mine = (of_this_firm(ClosingFact), ClosingFact.case_id == step.row.id, ClosingFact.reopened_at.is_(None))
        await session.execute(update(ClosingFact).where(*mine).values(reopened_at=step.now))
    if {step.source, step.target} & {*TURNS, ""}:
        same = (ClosingFact.client_id == step.row.client_id, ClosingFact.rule == step.row.rule)
        await settle(session, *same)


async def settle(session: AsyncSession, *of: Any) -> None:
    """When the same came back within 90 days after each of these closings: the case reopened, or another one opened."""
    other = aliased(Case)
    until = ClosingFact.at + WITHIN
    opened = select(func.min(other.opened_at)).where(
        other.firm_id == ClosingFact.firm_id, other.client_id == ClosingFact.client_id,
        other.rule == ClosingFact.rule, other.id != ClosingFact.case_id, other.outcome.not_in(NOT_ONE),
        other.opened_at > ClosingFact.at, other.opened_at <= until,
    ).scalar_subquery()  # fmt: skip
    reopened = case((ClosingFact.reopened_at <= until, ClosingFact.reopened_at))
    mine = update(ClosingFact).where(of_this_firm(ClosingFact), *of)
    await session.execute(
        mine.values(again_at=func.least(opened, reopened)), execution_options={"synchronize_session": False}
    )


async def rebuild(session: AsyncSession) -> None:
    """Every row anew."""
    await session.execute(delete(ClosingFact).where(of_this_firm(ClosingFact)))
    await _write(session, _closings())
    await settle(session)


async def fill(session: AsyncSession) -> None:
    """Rows that are missing, as after an import of history."""
    known = select(ClosingFact.id).where(
        of_this_firm(ClosingFact), ClosingFact.case_id == Case.id, ClosingFact.at == StageEntry.entered_at
    )
    if await _write(session, _closings().where(~known.exists())):
        await settle(session)


def _closings() -> Select[Any]:
    """Every stay in the closed state, but not those of cases in which nothing was wrong."""
    before = aliased(StageEntry)
    came_from = (
        select(before.state)
        .where(before.firm_id == StageEntry.firm_id, before.subject_id == StageEntry.subject_id)
        .where(before.left_at == StageEntry.entered_at, before.id != StageEntry.id)
        .order_by(before.entered_at.desc(), before.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(Case.firm_id, func.gen_random_uuid(), Case.id, Case.client_id, Case.rule, StageEntry.entered_at,
               StageEntry.left_at)
        .join(StageEntry, (StageEntry.firm_id == Case.firm_id) & (StageEntry.subject_id == Case.id))
        .where(of_this_firm(Case), Case.rule != "", StageEntry.state == "closed", came_from != "explained")
    )  # fmt: skip


async def _write(session: AsyncSession, closings: Select[Any]) -> int:
    written = await session.execute(insert(ClosingFact).from_select(COLUMNS, closings).on_conflict_do_nothing())
    return written.rowcount if isinstance(written, CursorResult) else 0
