"""/health: well, or 503 with the part that is not; never more than yes and no."""

from __future__ import annotations

import dataclasses

import pytest
from alembic.script import ScriptDirectory
from litestar.testing import AsyncTestClient
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from saas.app import create_app
from saas.kernel import schema
from saas.kernel.config import Settings


@pytest.fixture
async def migrated(settings: Settings, valkey: str) -> Settings:
    """A database that says it has all revisions."""
    newest = ScriptDirectory.from_config(schema.alembic_config()).get_current_head()
    engine = create_async_engine(settings.database_url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)"))
        await connection.execute(text("INSERT INTO alembic_version VALUES (:newest)"), {"newest": newest})
        await connection.run_sync(schema.protect)
    await engine.dispose()
    return dataclasses.replace(settings, redis_url=valkey)


async def _health(settings: Settings) -> tuple[int, dict[str, bool]]:
    async with AsyncTestClient(create_app(settings)) as client:
        assert (await client.get("/health/live")).text == "ok"
        answer = await client.get("/health")
    return answer.status_code, answer.json()


async def test_health_says_what_is_not_well(migrated: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    well = {"ok": True, "database": True, "redis": True, "migrations": True}
    assert await _health(migrated) == (200, well)
    gone = dataclasses.replace(migrated, redis_url="redis://127.0.0.1:1")
    assert await _health(gone) == (503, {**well, "ok": False, "redis": False})
    monkeypatch.setattr("alembic.script.ScriptDirectory.get_current_head", lambda _self: "9999")
    assert await _health(migrated) == (503, {**well, "ok": False, "migrations": False})
