"""Which target counts on which day, and whether a value reaches it."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.insights.measures.measure import Measure
from saas.insights.targets.target_models import KpiTarget
from saas.kernel import clock
from saas.kernel.pages import ROOT
from saas.kernel.tenancy import of_this_firm

FILE = ROOT / "tenants" / "_starter" / "kpi_targets.toml"
FROM_THE_START = date(2000, 1, 1)


class StarterTarget(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`value` as a text, so that it is exact; in the measure's unit."""

    value: str
    why: str


@cache
def starter_targets() -> dict[str, StarterTarget]:
    return msgspec.convert(tomllib.loads(FILE.read_text("utf-8")), dict[str, StarterTarget])


async def history(session: AsyncSession) -> Sequence[KpiTarget]:
    """Every target ever set, the one that counts first within each measure."""
    ordered = (KpiTarget.measure, KpiTarget.applies_from.desc(), KpiTarget.set_at.desc(), KpiTarget.id.desc())
    return (await session.scalars(select(KpiTarget).where(of_this_firm(KpiTarget)).order_by(*ordered))).all()


async def targets(session: AsyncSession, day: date) -> dict[str, Decimal]:
    """By measure, what counts on this day; a measure without a target is missing."""
    return counting(await history(session), day)


def counting(rows: Sequence[KpiTarget], day: date) -> dict[str, Decimal]:
    """The same from rows already read, in the order of `history`."""
    found: dict[str, Decimal | None] = {}
    for row in rows:
        if row.applies_from <= day:
            found.setdefault(row.measure, row.value)
    return {measure: value for measure, value in found.items() if value is not None}


def reached(measure: Measure, value: Decimal | None, target: Decimal | None) -> bool | None:
    """None where there is nothing to judge: no value, no target, or a measure that has no better side."""
    if value is None or target is None or not measure.better:
        return None
    return value >= target if measure.better == "up" else value <= target


async def begin(session: AsyncSession, subject_id: str = "") -> None:
    """The starter's targets for a firm that has none of them yet; what it set itself stays."""
    known, now = {row.measure for row in await history(session)}, clock.now()
    session.add_all(
        KpiTarget(measure=key, value=Decimal(given.value), applies_from=FROM_THE_START, set_at=now, set_by=None)
        for key, given in starter_targets().items()
        if key not in known
    )
    await session.flush()
