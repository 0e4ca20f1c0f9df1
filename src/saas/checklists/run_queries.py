"""Lists of runs: what is asked for, what is found, how far each is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, any_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checklists.models import ChecklistRun, ChecklistStep
from saas.checklists.workflow import LIVE, OPEN
from saas.kernel.access import Actor
from saas.kernel.prepared import FIRM, MEMBER, NOW, ROLES
from saas.kernel.tenancy import of_this_firm

NEAR = timedelta(days=7)  # what the side bar counts is due by then
CLOSED = ("signed_off", "completed", "void")
VIEWS = ("mine", "sign", "overdue", "open", "closed")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which runs: a view and what narrows it."""

    view: str
    checklist_id: UUID | None = None
    member_id: UUID | None = None
    client_id: UUID | None = None

    def conditions(self, actor: Actor, now: datetime) -> list[ColumnElement[bool]]:
        run = ChecklistRun
        found = [of_this_firm(run), _view(self.view, actor, now)]
        if self.checklist_id is not None:
            found.append(run.checklist_id == self.checklist_id)
        if self.member_id is not None:
            found.append(run.preparer_id == self.member_id)
        if self.client_id is not None:
            found.append(run.client_id == self.client_id)
        return found


def _view(view: str, actor: Actor, now: datetime) -> ColumnElement[bool]:
    run = ChecklistRun
    if view == "mine":
        return and_(run.state.in_(OPEN), or_(run.preparer_id == actor.id, _nobodys(actor)))
    if view == "sign":
        waiting = [s for s, may in (("prepared", "checklists.sign"), ("with_manager", "checklists.manage"))
                   if actor.may(may)]  # fmt: skip
        return and_(run.state.in_(waiting), run.prepared_by.is_distinct_from(actor.id))
    if view == "overdue":
        return and_(run.state.in_(LIVE), run.due_at < now)
    return run.state.in_(CLOSED if view == "closed" else LIVE)


def _nobodys(actor: Actor) -> ColumnElement[bool]:
    """Given to nobody: anyone with the role may take it."""
    return and_(ChecklistRun.preparer_id.is_(None), ChecklistRun.lead.in_(actor.roles))


async def listed(
    session: AsyncSession, wanted: Wanted, actor: Actor, now: datetime, *, limit: int, offset: int = 0
) -> Sequence[ChecklistRun]:
    """Those due first on top; closed ones the other way round."""
    run = ChecklistRun
    order = run.due_at.desc() if wanted.view == "closed" else run.due_at.asc()
    query = select(run).where(*wanted.conditions(actor, now)).order_by(order, run.id)
    return (await session.scalars(query.limit(limit).offset(offset))).all()


async def counted(session: AsyncSession, actor: Actor, now: datetime) -> Mapping[str, int]:
    """How many stand in each view of the tabs."""
    views = ("mine", "sign", "overdue")
    columns = [func.count().filter(_view(view, actor, now)).label(view) for view in views]
    row = (
        await session.execute(select(*columns).where(of_this_firm(ChecklistRun), ChecklistRun.state.in_(LIVE)))
    ).one()
    return {view: int(getattr(row, view)) for view in views}


MINE_SOON = (  # beside the line of the side bar: this person's that are open and due within the week or late
    select(func.count())
    .select_from(ChecklistRun)
    .where(ChecklistRun.firm_id == FIRM, ChecklistRun.state.in_(OPEN), ChecklistRun.due_at < NOW + NEAR)
    .where(
        or_(
            ChecklistRun.preparer_id == MEMBER,
            and_(ChecklistRun.preparer_id.is_(None), ChecklistRun.lead == any_(ROLES)),
        )
    )
)


async def between(
    session: AsyncSession, client_ids: Sequence[UUID], since: datetime, until: datetime
) -> Sequence[ChecklistRun]:
    """The runs of these clients that were on the table in this stretch: made before its end, and due in it or later
    or still open.
    """
    run = ChecklistRun
    there = or_(run.due_at >= since, run.state.in_(LIVE))
    query = select(run).where(of_this_firm(run), run.client_id.in_(client_ids), run.made_at < until, there)
    return (await session.scalars(query.order_by(run.due_at, run.id))).all()


async def progress(session: AsyncSession, run_ids: Sequence[UUID]) -> Mapping[UUID, tuple[int, int]]:
    """(steps ticked, steps) of each run."""
    step = ChecklistStep
    query = (
        select(step.run_id, func.count().filter(step.outcome != ""), func.count())
        .where(of_this_firm(step), step.run_id.in_(run_ids))
        .group_by(step.run_id)
    )
    return {run_id: (done, every) for run_id, done, every in (await session.execute(query)).all()}
