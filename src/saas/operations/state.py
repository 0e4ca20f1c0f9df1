"""How the product itself is: what answers, which versions run."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Sequence
from datetime import timedelta
from importlib.metadata import version
from typing import Any

from alembic.script import ScriptDirectory
from arq.connections import ArqRedis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock
from saas.kernel.config import active
from saas.kernel.i18n import Text, _
from saas.kernel.schema import alembic_config
from saas.operations.firms import Known

ENOUGH_DISK = 1024  # MB
COUNTED = timedelta(hours=3)  # the hourly count of each firm: older ones say that workers or relay stand still
PATIENCE = timedelta(minutes=10)  # with a job whose time has come


async def health(session: AsyncSession, redis: ArqRedis, found: Sequence[Known]) -> list[dict[str, Any]]:
    """[{label, state, note}] for `ui.checks`: each part, well or not, and what is seen."""
    now = clock.now()
    totals = [row.totals for row in found if row.totals is not None and row.firm.suspended_at is None]
    stale = [t for t in totals if now - t.measured_at > COUNTED]
    old = [t for t in totals if t.oldest_job_at is not None and t.measured_at - t.oldest_job_at > PATIENCE]
    schema, wanted = await _schema(session), newest_schema()
    free = shutil.disk_usage(active().data_dir).free // 1024**2
    return [
        _part(_("Database"), True, str(await session.scalar(text("SHOW server_version")))),
        _part(_("Redis"), bool(await _redis(redis)), await _redis(redis)),
        _part(_("Schema"), schema == wanted, schema),
        _part(_("Workers and relay"), not stale, _("%(n)s firms not counted for three hours", n=len(stale))),
        _part(_("Queue"), not old, _("%(n)s firms with jobs waiting longer than ten minutes", n=len(old))),
        _part(_("Disk"), free > ENOUGH_DISK, _("%(n)s MB free", n=free)),
    ]


async def versions(session: AsyncSession, redis: ArqRedis) -> list[dict[str, Any]]:
    """[{label, value}]: everything that runs."""
    return [
        {"label": _("Product"), "value": version("qingzhang")},
        {"label": _("Schema"), "value": await _schema(session)},
        {"label": "Python", "value": platform.python_version()},
        {"label": "PostgreSQL", "value": str(await session.scalar(text("SHOW server_version")))},
        {"label": "Valkey", "value": await _redis(redis)},
    ]


def newest_schema() -> str:
    """The newest revision this code knows."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head() or ""


def _part(label: Text, well: bool, note: Text | str) -> dict[str, Any]:
    return {"label": label, "state": "done" if well else "failed", "note": note}


async def _schema(session: AsyncSession) -> str:
    """The database's revision; "" where it was built without migrations, as in tests."""
    there = await session.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL"))
    return str(await session.scalar(text("SELECT version_num FROM alembic_version"))) if there else ""


async def _redis(redis: ArqRedis) -> str:
    """Its version; "" where it does not answer."""
    try:
        told: dict[str, Any] = await redis.info("server")
    except (RedisError, OSError):
        return ""
    return str(told.get("valkey_version") or told.get("redis_version") or "")
