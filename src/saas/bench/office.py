"""A firm to measure in: a database of its own in a temporary folder, an owner, a second pair of eyes, one client."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, cast

import httpx
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, update
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from saas.app import create_app, guards
from saas.clients.models import Client, Contact
from saas.firms.creation import create_firm
from saas.firms.models import FirmProfile
from saas.identity.models import Membership, Person
from saas.identity.sessions import open_session
from saas.identity.visitors import member_actor
from saas.kernel import clock, schema, tenancy
from saas.kernel.access import Actor
from saas.kernel.config import Settings, activate, settings_from
from saas.kernel.db import Base, Database
from saas.kernel.directory import Firm
from saas.migration import database_running


@dataclass(frozen=True, slots=True)
class Office:
    """Where a measurement works; the cookie is the owner's."""

    settings: Settings
    database: Database
    firm: Firm
    owner: Actor
    reviewer: Actor
    client: Client
    token: str

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        async with self.database.transaction(tenancy.firm(self.firm.id)) as session:
            yield session


@contextmanager
def servers() -> Iterator[Settings]:
    """The embedded database, running while the block does; its folder is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="saas-bench-") as folder:
        secret = "for measuring only: " + "0" * 32
        settings = settings_from({"SAAS_ENV": "test", "SAAS_DATA_DIR": folder, "SAAS_SECRET_KEY": secret})
        with database_running(settings, durable=False):
            yield activate(settings)


@asynccontextmanager
async def office(settings: Settings) -> AsyncIterator[Office]:
    """A database with the firm in it; its tables come from the models, as in the tests."""
    await build_tables(settings)
    database = Database(settings.app_database_url, pool_size=5)
    now = clock.now()
    people = [
        Person(email=f"{name}@bench.example", name=name, confirmed_at=now, created_at=now)
        for name in ("owner", "reviewer")
    ]
    async with database.transaction(tenancy.PLATFORM) as session:
        session.add_all(people)
        await session.flush()
        firm, member = await create_firm(session, name="测量会计", owner=people[0], now=now, kind="demo")
        token = open_session(session, people[0], now, address="bench", browser="bench", needs_second_factor=False)
    async with database.transaction(tenancy.firm(firm.id)) as session:
        second = Membership(
            person_id=people[1].id, name="reviewer", email=people[1].email, roles=["reviewer"], is_owner=False,
            joined_at=now,
        )  # fmt: skip
        client = Client(
            number="K0001", name="杭州测量有限公司", sort_key="ce", pinyin="ce", taxpayer_kind="general",
            standard="small", uscc="91110000600037341L", created_at=now,
        )  # fmt: skip
        session.add_all([second, client])
        await session.flush()
        session.add(Contact(client_id=client.id, name="许承泽", email="xu@bench.example", may_approve=True))
        await session.execute(update(FirmProfile).values(licence_number="DLJZ33010620190057"))
    owner, reviewer = (member_actor(m, p).signed_in(now) for m, p in zip((member, second), people, strict=True))
    try:
        yield Office(settings, database, firm, owner, reviewer, client, token)
    finally:
        await database.close()


@asynccontextmanager
async def visiting(place: Office) -> AsyncIterator[httpx.AsyncClient]:
    """The owner's browser at the application itself, with nothing between it and the clock."""
    app = create_app(place.settings)
    transport = httpx.ASGITransport(cast("Any", app))  # two descriptions of the same ASGI
    headers = {"cookie": f"__Host-session={place.token}"}
    async with httpx.AsyncClient(transport=transport, base_url="https://bench.local", headers=headers) as browser:
        yield browser
    await app.state.database.close()


async def build_tables(settings: Settings, *, as_newest: bool = False) -> None:
    """The schema from the models; marked `as_newest`, the product's own start finds nothing to migrate."""
    engine = create_async_engine(settings.database_url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(schema.ensure_roles, settings)
        await connection.run_sync(Base.metadata.create_all)
        if as_newest:
            await connection.run_sync(_mark_newest)
        await connection.run_sync(schema.protect)
        raw: Any = await connection.get_raw_connection()
        for path in guards():
            await raw.driver_connection.execute(path.read_text())
    await engine.dispose()


def _mark_newest(connection: Connection) -> None:
    MigrationContext.configure(connection).stamp(ScriptDirectory.from_config(schema.alembic_config()), "head")
