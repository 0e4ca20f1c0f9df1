"""The queue of the whole product at this minute, by the relay's role, which sees the outbox and nothing else."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from saas.kernel import tenancy
from saas.kernel.config import Settings
from saas.kernel.db import Database
from saas.kernel.directory import Firm
from saas.kernel.outbox import Outbox
from saas.operations.usage import error_name

MOST = 500


async def open_jobs(settings: Settings) -> list[dict[str, Any]]:
    """[{firm, id, job, state, attempts, due, error}]: dead ones first, then failing, then waiting; never arguments."""
    database = Database(settings.relay_database_url, pool_size=1)
    try:
        async with database.transaction(tenancy.RELAY) as session:
            names = {firm.id: firm.slug for firm in await session.scalars(select(Firm))}
            query = select(Outbox).where(Outbox.finished_at.is_(None))
            order = (Outbox.dead.desc(), (Outbox.last_error != "").desc(), Outbox.due_at)
            rows = (await session.scalars(query.order_by(*order).limit(MOST))).all()
    finally:
        await database.close()
    return [
        {"firm": names.get(row.firm_id, "-"), "id": str(row.id), "job": row.job, "state": _state(row),
         "attempts": row.attempts, "due": row.due_at.isoformat(timespec="seconds"), "error": error_name(row.last_error)}
        for row in rows
    ]  # fmt: skip


def _state(row: Outbox) -> str:
    if row.dead:
        return "dead"
    return "failing" if row.last_error else "held" if row.held else "waiting"
