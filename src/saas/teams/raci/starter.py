"""The matrix every firm begins with: tenants/_starter/raci/duties.toml."""

from __future__ import annotations

import tomllib
from datetime import datetime
from functools import cache

import msgspec
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.pages import ROOT
from saas.teams.raci.duty_queries import duties, forget
from saas.teams.raci.raci_models import Duty

FILE = ROOT / "tenants" / "_starter" / "raci" / "duties.toml"


class StarterDuty(Struct, forbid_unknown_fields=True):
    accountable: list[str]
    consulted: list[str] = []
    informed: list[str] = []


@cache
def starter_duties() -> dict[str, dict[str, StarterDuty]]:
    """By workflow, then by state."""
    return msgspec.convert(tomllib.loads(FILE.read_text("utf-8")), dict[str, dict[str, StarterDuty]])


async def fill(session: AsyncSession, now: datetime) -> None:
    """What the firm has laid down itself stays."""
    known = await duties(session)
    session.add_all(
        Duty(workflow=workflow, stage=stage, changed_at=now, **msgspec.structs.asdict(given))
        for workflow, stages in starter_duties().items()
        for stage, given in stages.items()
        if (workflow, stage) not in known
    )
    await session.flush()
    forget(session)
