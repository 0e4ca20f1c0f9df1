"""Connections to PostgreSQL: each transaction says its scope in the very message that begins it.

A page is a dozen short statements, and most of its time with the database is the way there and back. So the scope
travels with BEGIN, and a connection taken from the pool is asked whether it still lives only after it lay idle.
"""

from __future__ import annotations

import time
from typing import Any, get_args
from uuid import UUID

import asyncpg
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DisconnectionError, InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from saas.kernel import tenancy

IDLE = 15.0  # seconds after which a connection is asked; before, an end of the server shows at its socket
STATEMENTS = 500  # prepared by each connection: about as many as all pages together send
KINDS = frozenset(get_args(tenancy.Kind))


class Scoped(asyncpg.Connection):  # type: ignore[misc] # it has no types
    """BEGIN leaves with the scope. Were it ever to leave without, row security would show nothing and take nothing."""

    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str:  # noqa: ASYNC109 - its own
        if not args and query.startswith("BEGIN"):
            query = f"{query} {declaration()}"
        said: str = await super().execute(query, *args, timeout=timeout)
        return said


def declaration() -> str:
    """The statement that sets the current scope until the transaction ends; "" outside every scope."""
    scope = tenancy.scope_or_none()
    if scope is None:
        return ""  # the pool asks whether a connection lives; work without a scope is refused before it begins
    if scope.kind not in KINDS:
        raise tenancy.Unscoped(f"{scope.kind!r} is no kind of scope")
    return (
        f"SELECT set_config('app.scope', '{scope.kind}', true),"
        f" set_config('app.firm_id', '{_written(scope.firm_id)}', true),"
        f" set_config('app.person_id', '{_written(scope.person_id)}', true);"
    )


def _written(key: UUID | None) -> str:
    """Digits and hyphens, whatever was handed in as an id."""
    return "" if key is None else str(UUID(int=key.int))


def engine_for(url: str, pool_size: int = 10) -> AsyncEngine:
    """An engine whose every transaction is told its scope before its first statement."""
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=5,
        hide_parameters=True,
        pool_use_lifo=True,  # few connections serve most requests, and those know the statements
        connect_args={"connection_class": Scoped, "prepared_statement_cache_size": STATEMENTS},
    )
    event.listen(engine.sync_engine, "begin", _refuse_unscoped)
    event.listen(engine.sync_engine, "checkin", _laid_down)
    event.listen(engine.sync_engine, "checkout", _still_lives)
    return engine


def _refuse_unscoped(connection: Connection) -> None:
    tenancy.current()


def _laid_down(dbapi_connection: Any, record: Any) -> None:
    record.info["idle_since"] = time.monotonic()


def _still_lives(dbapi_connection: Any, record: Any, proxy: Any) -> None:
    """Refuse a connection whose server went away; the pool then makes a new one."""
    if dbapi_connection.driver_connection.is_closed():
        raise InvalidatePoolError("the database ended the connection")
    if time.monotonic() - record.info.get("idle_since", time.monotonic()) > IDLE:
        try:
            dbapi_connection.ping()
        except Exception as error:
            raise DisconnectionError("the database does not answer on this connection") from error
