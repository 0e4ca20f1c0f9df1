"""The migrations lead to the schema that the tables declare, and may be run again."""

from __future__ import annotations

import dataclasses
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Connection, Table, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from saas.app import guards
from saas.kernel import embedded, schema
from saas.kernel.config import Settings, settings_from
from saas.kernel.db import Base, Fen
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
    assert found == [], "write a migration: saas migrate --new TITLE"


async def test_the_guards_are_laid(migrated: AsyncEngine) -> None:
    async with migrated.connect() as connection:
        count = await connection.scalar(text("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal"))
    assert count


async def test_a_new_revision_is_written_from_the_models_only_where_they_differ(
    migrated: AsyncEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.copytree(schema.MIGRATIONS, tmp_path / "migrations")
    monkeypatch.setattr(schema, "MIGRATIONS", tmp_path / "migrations")
    settings = in_database(settings_from({"SAAS_DATA_DIR": str(tmp_path)}), "unused")
    settings = dataclasses.replace(settings, database_url=migrated.url.render_as_string(hide_password=False))
    assert await schema.new_migration(settings, "Nothing is new") is None
    parasol = Table("parasols", Base.metadata, Column("price", Fen, nullable=False))
    try:
        written = await schema.new_migration(settings, "Parasols")
    finally:
        Base.metadata.remove(parasol)
    assert written is not None
    text = written.read_text()
    assert 'sa.Column("price", sa.BigInteger(), nullable=False)' in text, "formatted, and of a plain type"
    newest = max(path.name for path in schema.MIGRATIONS.glob("versions/[0-9]*.py") if path != written)
    before = re.match(r"\d{4}(_\d\d)?", newest)
    assert before is not None
    assert written.name == f"{int(before[0][:4]) + 1:04d}_parasols.py"
    assert f'down_revision = "{before[0]}"' in text


def test_no_migration_is_long() -> None:
    for path in (schema.MIGRATIONS / "versions").glob("*.py"):
        assert len(path.read_text().splitlines()) <= 300, path.name
