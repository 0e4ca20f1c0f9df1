"""The migrations lead to the schema that the tables declare, and may be run again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from saas.app import guards
from saas.kernel import embedded, schema
from saas.kernel.config import Settings
from saas.kernel.db import Base
from tests.conftest import in_database


@pytest.fixture
async def migrated(base_settings: Settings, template: str) -> AsyncIterator[AsyncEngine]:
    """A database that was empty and has been migrated twice; the template only means that the server runs."""
    name = f"migrated_{uuid4().hex[:8]}"
    embedded.create_database(base_settings, name)
    settings = in_database(base_settings, name)
    for _time in range(2):
        await schema.migrate(settings, guards())
    engine = create_async_engine(settings.database_url, poolclass=NullPool)
    yield engine
    await engine.dispose()
    embedded.drop_database(base_settings, name)


async def test_the_migrations_give_the_declared_tables(migrated: AsyncEngine) -> None:
    def differences(connection: Connection) -> list[str]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(difference) for difference in compare_metadata(context, Base.metadata)]

    async with migrated.connect() as connection:
        found = await connection.run_sync(differences)
    assert found == [], "write a migration: saas migration MESSAGE"


async def test_the_guards_are_laid(migrated: AsyncEngine) -> None:
    async with migrated.connect() as connection:
        count = await connection.scalar(text("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal"))
    assert count
