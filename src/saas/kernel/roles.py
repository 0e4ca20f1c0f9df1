"""The roles of web, workers and relay must not be able to pass row security; nothing starts with one that could."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from saas.kernel.config import Settings

CONNECT = 5.0  # seconds


class UnsafeRoleError(RuntimeError):
    """A database role that could read every firm's rows; the message says what to change."""


async def refuse_unsafe(settings: Settings) -> None:
    """For start-up of web and workers. Raises UnsafeRoleError."""
    owner, backup = settings.database_url, settings.backup_database_url
    if settings.env == "production" and (owner or backup):
        name = "SAAS_OWNER_DATABASE_URL" if owner else "SAAS_BACKUP_DATABASE_URL"
        raise UnsafeRoleError(f"{name} is set: web and workers must not be able to read every firm; take it out")
    for url in (settings.app_database_url, settings.relay_database_url):
        await bound_role(url)


async def bound_role(url: str) -> str:
    """The name of the role at `url`, which owns no tables and is bound by row security; else UnsafeRoleError."""
    rows = await ask(
        url,
        "SELECT current_user, rolsuper OR rolbypassrls, EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid)"
        " FROM pg_roles WHERE rolname = current_user",
    )
    name, passes, owns = rows[0]
    if passes or owns:
        what = "could pass row security" if passes else "owns tables, so it could switch row security off"
        raise UnsafeRoleError(f"the role {name} {what}: use one without SUPERUSER and BYPASSRLS that owns nothing")
    return name


async def ask(url: str, sql: str) -> list[tuple[str, ...]]:
    """The rows of one query, outside every scope: for the catalogue, which row security does not cover."""
    engine = create_async_engine(url, poolclass=NullPool, connect_args={"timeout": CONNECT})
    try:
        async with engine.connect() as connection:
            return [tuple(row) for row in await connection.execute(text(sql))]
    finally:
        await engine.dispose()
