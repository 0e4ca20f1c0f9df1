"""The schema: migrations, then row security, grants and guards derived from the tables themselves.

Protection is not repeated in migrations: after each upgrade every table with a `firm_id` gets forced row security, the
application's role gets exactly what it needs, and each module's guards (triggers) are laid again.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.operations.ops import MigrationScript
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, Table, inspect, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from saas.kernel.config import APP_ROLE, RELAY_ROLE, Settings, role_password
from saas.kernel.db import Base

MIGRATIONS = Path(__file__).parents[1] / "migrations"
SAME_FIRM = "firm_id = nullif(current_setting('app.firm_id', true), '')::uuid"
SAME_PERSON = "person_id = nullif(current_setting('app.person_id', true), '')::uuid"
# Tables without a firm: who people are, which firms exist, and the platform's own bookkeeping.
GLOBAL = frozenset(
    {
        "people",
        "sessions",
        "confirmations",
        "sign_in_attempts",
        "firms",
        "sign_ups",
        "job_slots",
        "alembic_version",
        "operators",
        "subscriptions",
        "usage_totals",
        "departures",
        "archive_deeds",
    }
)
RELAY_TABLES = {"outbox"}
LOCK_PATIENCE = "500ms"  # less than PostgreSQL's deadlock_timeout: a migration gives way before a page is broken off
LOCK_NOT_AVAILABLE = "55P03"
MOST_TRIES, BETWEEN_TRIES = 120, 1.0  # seconds


async def migrate(settings: Settings, guards: Sequence[Path] = ()) -> None:
    """Bring the database to the newest schema, protected; safe to repeat, and beside pages and jobs that go on.

    It never makes others wait long: where a lock is not to be had, everything is given back and tried again.
    """
    engine = create_async_engine(settings.owner_url, poolclass=NullPool)
    try:
        for left in reversed(range(MOST_TRIES)):
            try:
                async with engine.begin() as connection:
                    await connection.run_sync(ensure_roles, settings)
                    await connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_PATIENCE}'"))
                    await connection.run_sync(_upgrade)
                    await connection.run_sync(protect)
                    await connection.run_sync(_lay, guards)
                return
            except Exception as error:
                if getattr(getattr(error, "orig", error), "sqlstate", "") != LOCK_NOT_AVAILABLE or not left:
                    raise
            await asyncio.sleep(BETWEEN_TRIES)
    finally:
        await engine.dispose()


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_section_option("post_write_hooks", "hooks", "ruff")  # a new revision is formatted as all our code is
    config.set_section_option("post_write_hooks", "ruff.type", "exec")
    config.set_section_option("post_write_hooks", "ruff.executable", str(Path(sys.executable).with_name("ruff")))
    config.set_section_option("post_write_hooks", "ruff.options", "format --quiet REVISION_SCRIPT_FILENAME")
    return config


def _upgrade(connection: Connection) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def ensure_roles(connection: Connection, settings: Settings) -> None:
    """The roles that web, workers and relay connect as: they own nothing and cannot pass row security."""
    connection.execute(text("SELECT pg_advisory_xact_lock(71014)"))
    for role in (APP_ROLE, RELAY_ROLE):
        known = connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}).scalar()
        password = role_password(role, settings.secret_key)
        # An owner that is no superuser may not even repeat NOSUPERUSER; new roles are harmless by default.
        verb = "ALTER" if known else "CREATE"
        connection.execute(text(f"{verb} ROLE {role} LOGIN PASSWORD '{password}'"))
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}, {RELAY_ROLE}"))


def protect(connection: Connection) -> None:
    """Row security and grants for every table, from what the tables declare."""
    existing = set(inspect(connection).get_table_names())
    if "alembic_version" in existing:
        connection.execute(text(f"GRANT SELECT ON alembic_version TO {APP_ROLE}"))  # for /health
    for table in Base.metadata.sorted_tables:
        if table.name in existing:
            for statement in _protection(table):
                connection.execute(text(statement))


def _protection(table: Table) -> list[str]:
    name = table.name
    rights = "SELECT, INSERT" if table.info.get("append_only") else "SELECT, INSERT, UPDATE, DELETE"
    statements = [f"REVOKE ALL ON {name} FROM {APP_ROLE}, {RELAY_ROLE}", f"GRANT {rights} ON {name} TO {APP_ROLE}"]
    if "firm_id" not in table.c:
        return [*statements, f"GRANT SELECT ON {name} TO {RELAY_ROLE}"] if name == "firms" else statements
    readable = f"{SAME_FIRM} OR {SAME_PERSON}" if name == "memberships" else SAME_FIRM
    statements += [
        f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
        *_policy(name, "firm_reads", f"FOR SELECT TO {APP_ROLE} USING ({readable})"),
        *_policy(name, "firm_adds", f"FOR INSERT TO {APP_ROLE} WITH CHECK ({SAME_FIRM})"),
        *_policy(name, "firm_changes", f"FOR UPDATE TO {APP_ROLE} USING ({SAME_FIRM}) WITH CHECK ({SAME_FIRM})"),
        *_policy(name, "firm_removes", f"FOR DELETE TO {APP_ROLE} USING ({SAME_FIRM})"),
    ]
    if name in RELAY_TABLES:
        statements += [
            f"GRANT SELECT, UPDATE ON {name} TO {RELAY_ROLE}",
            *_policy(name, "relay", f"TO {RELAY_ROLE} USING (true)"),
        ]
    return statements


def _policy(table: str, name: str, rest: str) -> list[str]:
    return [f"DROP POLICY IF EXISTS {name} ON {table}", f"CREATE POLICY {name} ON {table} {rest}"]


def _lay(connection: Connection, guards: Sequence[Path]) -> None:
    for path in guards:
        script = path.read_text()  # many statements, which only asyncpg's own execute takes
        connection.connection.dbapi_connection.run_async(lambda raw, script=script: raw.execute(script))  # type: ignore[union-attr]


async def new_migration(settings: Settings, title: str) -> Path | None:
    """Write the revision from the database as it is to the models as they are; None when they do not differ."""
    engine = create_async_engine(settings.owner_url, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(_write_revision, title)
    finally:
        await engine.dispose()


def _write_revision(connection: Connection, title: str) -> Path | None:
    config = alembic_config()
    config.attributes["connection"] = connection
    newest = ScriptDirectory.from_config(config).get_current_head() or "0000"

    def nothing_empty(_context: object, _revision: object, directives: list[MigrationScript]) -> None:
        if directives[0].upgrade_ops is not None and directives[0].upgrade_ops.is_empty():
            directives.clear()

    number = f"{int(newest[:4]) + 1:04d}"  # 0009 follows 0008_03, the third part of 0008
    written = command.revision(
        config, message=title, rev_id=number, autogenerate=True, process_revision_directives=nothing_empty
    )
    return Path(written.path) if isinstance(written, Script) else None
