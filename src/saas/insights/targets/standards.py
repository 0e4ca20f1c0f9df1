"""The standard a target rests on: an entry of the register of regulations, with its clause (requirement R13.1)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.improvement.regulations.kinds import KINDS, NOTES
from saas.improvement.regulations.queries import register
from saas.improvement.regulations.regulation_models import Regulation
from saas.insights.dashboards.readings import goal
from saas.insights.dashboards.units import said as in_words
from saas.insights.measures.catalogue import MEASURES
from saas.insights.measures.measure import Scope
from saas.insights.targets.reading import history, reached
from saas.insights.targets.target_models import KpiTarget
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.tenancy import of_this_firm
from saas.training.wording import said

SINCE = 89  # days before today: with it the last ninety


async def choices(session: AsyncSession) -> list[tuple[str, str]]:
    """What a target can rest on: entries in force, without notes on the market."""
    kinds = [kind for kind in KINDS if kind not in NOTES]
    return [(str(one.id), titled(one)) for one in await register(session, clock.today(), kinds=kinds)]


async def names(session: AsyncSession, rows: list[KpiTarget]) -> dict[UUID, str]:
    """Of the entries that targets name, also those that are over by now."""
    ids = {row.regulation_id for row in rows if row.regulation_id is not None}
    query = select(Regulation).where(of_this_firm(Regulation), Regulation.id.in_(ids))
    return {one.id: titled(one) for one in (await session.scalars(query)).all()} if ids else {}


def titled(one: Regulation) -> str:
    return f"{said(one.title)} {one.number}".strip()


async def panel(session: AsyncSession, regulation: Regulation, actor: Actor) -> dict[str, Any]:
    """Beside an entry: the targets that rest on it, and how they stand over the last ninety days."""
    today, rows = clock.today(), await history(session)
    counting: dict[str, KpiTarget] = {}
    for row in rows:
        if row.applies_from <= today:
            counting.setdefault(row.measure, row)
    mine = [row for row in counting.values() if row.regulation_id == regulation.id and row.value is not None]
    seen = actor.may("insights.read")
    return {
        "template": "insights/_standards.html",
        "standards": [await _standing(session, row) for row in mine if row.measure in MEASURES] if seen else [],
    }


async def _standing(session: AsyncSession, row: KpiTarget) -> dict[str, Any]:
    measure, today = MEASURES[row.measure], clock.today()
    figure = await measure.figure(session, Scope(today.fromordinal(today.toordinal() - SINCE), today))
    return {
        "name": measure.name,
        "url": f"/insights/measures/{row.measure}",
        "clause": row.clause,
        "goal": goal(measure, row.value),
        "n": figure.n,
        "value": in_words(measure.unit, figure.value) if figure.value is not None else "—",
        "reached": reached(measure, figure.value, row.value),
    }  # fmt: skip
