"""Is it well? For load balancers and monitors: public, without names, versions or addresses of anything."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

from arq.connections import ArqRedis
from litestar import Response, get
from litestar.datastructures import State
from sqlalchemy import text

from saas.kernel import tenancy
from saas.kernel.db import Database
from saas.kernel.web import PUBLIC

PATIENCE = 3.0  # seconds for all answers together
FRESH = {"cache-control": "no-store"}


@get("/health/live", opt={"permission": PUBLIC}, media_type="text/plain")
async def live() -> Response[str]:
    """The process answers; nothing else is asked."""
    return Response("ok", media_type="text/plain", headers=FRESH)


@get("/health", opt={"permission": PUBLIC})
async def health(state: State) -> Response[dict[str, bool]]:
    """200 when database, Redis and schema are well, else 503 with what is not."""
    parts = {"database": _database(state.database), "redis": _redis(state.redis), "migrations": _schema(state.database)}
    well = await asyncio.gather(*(_well(part) for part in parts.values()))
    found = dict(zip(parts, well, strict=True))
    ok = all(well)
    return Response({"ok": ok, **found}, status_code=200 if ok else 503, headers=FRESH)


async def _well(part: Awaitable[bool]) -> bool:
    try:
        return await asyncio.wait_for(part, PATIENCE)
    except Exception:
        return False


async def _database(database: Database) -> bool:
    return bool(await _scalar(database, "SELECT 1") == 1)


async def _redis(redis: ArqRedis) -> bool:
    return bool(await redis.ping())


async def _schema(database: Database) -> bool:
    from alembic.script import ScriptDirectory  # only a process that is asked loads it

    from saas.kernel.schema import alembic_config  # and so does this

    newest = ScriptDirectory.from_config(alembic_config()).get_current_head()
    return bool(await _scalar(database, "SELECT version_num FROM alembic_version") == newest)


async def _scalar(database: Database, sql: str) -> Any:
    async with database.transaction(tenancy.PLATFORM) as session:
        return await session.scalar(text(sql))


ROUTES = [live, health]
