"""Tables, sessions, and the way from one scope into another."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKeyConstraint, MetaData, TypeDecorator, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from saas.kernel import tenancy
from saas.kernel.connections import engine_for
from saas.kernel.i18n import Text
from saas.kernel.identifiers import uuid7
from saas.kernel.money import Money

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Fen(TypeDecorator[Money]):
    """Money in a bigint of fen, so that sums and comparisons keep their index under row security."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Money | None, dialect: Dialect) -> int | None:
        return None if value is None else value.fen

    def process_result_value(self, value: int | None, dialect: Dialect) -> Money | None:
        return None if value is None else Money(int(value))  # the sum of a column comes as a decimal


class StoredText(TypeDecorator[Text]):
    """A Text kept as msgid and parameters, so that it can be shown in either language later."""

    impl = JSONB
    cache_ok = True

    def process_bind_param(self, value: Text | None, dialect: Dialect) -> dict[str, Any] | None:
        return None if value is None else value.store()

    def process_result_value(self, value: dict[str, Any] | None, dialect: Dialect) -> Text | None:
        return None if value is None else Text.restore(value)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[str]: JSONB,
        list[int]: JSONB,
        list[dict[str, Any]]: JSONB,
        Money: Fen,
        Text: StoredText,
    }


class FirmRow(Base):
    """A row that belongs to one firm. Its key is (firm_id, id), and so is every reference to it."""

    __abstract__ = True
    firm_id: Mapped[UUID] = mapped_column(primary_key=True, default=tenancy.current_firm_id)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)


def belongs_to(table: str, column: str, ondelete: str | None = None) -> ForeignKeyConstraint:
    """The composite key to another firm table; a plain one would ignore row security."""
    return ForeignKeyConstraint(["firm_id", column], [f"{table}.firm_id", f"{table}.id"], ondelete=ondelete)


@asynccontextmanager
async def acting_in(session: AsyncSession, scope: tenancy.Scope) -> AsyncIterator[None]:
    """A part of the running transaction in another scope: a firm and its first rows are made in one transaction.

    Only for what no single scope can do: creating a firm, a person's own data in each of their firms, mail to people
    without a firm. Deferred guards are checked before the scope changes back, since they read in it.
    """
    before = tenancy.current()
    await session.flush()
    await _move(session, scope)
    with tenancy.within(scope):
        yield
        await session.flush()
        await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        await session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
    await _move(session, before)


async def _move(session: AsyncSession, scope: tenancy.Scope) -> None:
    await session.execute(
        text(
            "SELECT set_config('app.scope', :kind, true), set_config('app.firm_id', :firm, true),"
            " set_config('app.person_id', :person, true)"
        ),
        {"kind": scope.kind, "firm": str(scope.firm_id or ""), "person": str(scope.person_id or "")},
    )


class Database:
    """The application's door to PostgreSQL."""

    def __init__(self, url: str, pool_size: int = 10) -> None:
        self.engine = engine_for(url, pool_size)
        self.sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    @asynccontextmanager
    async def transaction(self, scope: tenancy.Scope | None = None) -> AsyncIterator[AsyncSession]:
        """One session, one transaction: committed when the block ends well, rolled back otherwise."""
        with tenancy.within(scope or tenancy.current()):
            async with self.sessions() as session, session.begin():
                yield session

    async def close(self) -> None:
        await self.engine.dispose()
