"""Closing a period: from then on a change of it is a finding."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Missing
from saas.ledgers.models import PeriodVersion


async def seal(session: AsyncSession, client: Client, period: str, actor: Actor, now: datetime) -> None:
    """Seal the current versions of a period; sealing twice changes nothing."""
    query = select(PeriodVersion).where(
        PeriodVersion.firm_id == client.firm_id,
        PeriodVersion.client_id == client.id,
        PeriodVersion.period == period,
        PeriodVersion.is_current,
    )
    found = (await session.scalars(query)).all()
    if not found:
        raise Missing()
    fresh = [version for version in found if version.sealed_at is None]
    for version in fresh:
        version.sealed_at, version.sealed_by = now, actor.id
    if fresh:
        record(session, actor, "ledgers.seal", now, client_id=client.id, timeline=True, name=period)


def periods(versions: Sequence[PeriodVersion]) -> list[dict[str, Any]]:
    """A client's periods, the newest first: what is stored of each, in how many versions, and whether it is sealed."""
    found: dict[str, dict[str, Any]] = {}
    for version in versions:
        entry = found.setdefault(
            version.period, {"period": version.period, "lines": 0, "balances": 0, "sealed_at": None, "changed": False}
        )
        entry[version.content] = max(entry[version.content], version.version)
        if version.is_current:
            entry["sealed_at"] = version.sealed_at
        elif version.sealed_at is not None:
            entry["changed"] = True
    return [found[period] for period in sorted(found, reverse=True)]
