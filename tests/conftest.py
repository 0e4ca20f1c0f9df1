"""The real parts every test may use: PostgreSQL, Valkey and a mailbox, started when first asked for.

Each pytest process has servers of its own, kept between runs under var/test/N so that the second run starts at once.
A test module gets a database of its own, cloned from a template that has the schema.
"""

from __future__ import annotations

import asyncio
import dataclasses
import fcntl
import functools
import hashlib
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import hypothesis
import pytest
from arq.connections import ArqRedis
from litestar import Litestar
from litestar.testing import AsyncTestClient
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateIndex, CreateTable

from saas.app import create_app, guards
from saas.kernel import clock, embedded, jobs, mailbox, schema
from saas.kernel.config import Settings, activate, settings_from
from saas.kernel.db import Base, Database
from saas.kernel.processes import keep_what_is_loaded, start, stop
from tests.cast import Browser, Cast, browser, make_cast

ROOT = Path(__file__).parents[1]
NAME = "test"  # of the database
SECRET = "only-for-tests-0123456789-abcdefghijklmnop"
LONG_FILES = (
    "drills/",
    "demo/test_replay",
    "trust/test_matrix",
    "demo/test_refund_stories",
    "bench/",
)


def pytest_configure(config: pytest.Config) -> None:
    """The gate tries the same examples every time; `bin/test --full` looks for new ones."""
    hypothesis.settings.register_profile("gate", derandomize=config.getoption("markexpr") == "not full")
    hypothesis.settings.load_profile("gate")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, so that no process is still busy with one when the other has nothing left."""

    def place(item: pytest.Item) -> int:
        file = item.nodeid.partition("::")[0]
        return next((at for at, name in enumerate(LONG_FILES) if name in file), len(LONG_FILES))

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking through it again and again for garbage took a sixth of the time."""
    keep_what_is_loaded()


@pytest.fixture(scope="session")
def base_settings() -> Iterator[Settings]:
    """Settings of a data folder that no other pytest process uses at this time."""
    slot = 0
    while True:
        folder = ROOT / "var" / "test" / str(slot)
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            lock.close()
            slot += 1
    yield settings_from({"SAAS_ENV": "test", "SAAS_DATA_DIR": str(folder), "SAAS_SECRET_KEY": SECRET})
    lock.close()


@pytest.fixture
def late_november() -> Iterator[None]:
    """Ten o'clock on 24 November 2026, where time stands: for what hangs on the calendar, or on a text's days."""
    with clock.at(datetime(2026, 11, 24, 10, tzinfo=clock.CHINA)):
        yield


@pytest.fixture(scope="session")
def template(base_settings: Settings) -> Iterator[str]:
    """The name of a database with the whole schema; the server runs while the session does."""
    server = embedded.postgres(base_settings, durable=False)
    process = start(server)
    name = f"template_{_schema_digest()}"
    if not embedded.database_exists(base_settings, name):
        embedded.create_database(base_settings, f"{name}_draft")
        asyncio.run(build_schema(in_database(base_settings, f"{name}_draft")))
        embedded.rename_database(base_settings, f"{name}_draft", name)
    yield name
    stop(process, server.stop_signal)


@pytest.fixture(scope="module")
def settings(base_settings: Settings, template: str) -> Iterator[Settings]:
    """Settings of this module's own database."""
    with own_database(base_settings, template) as own:
        yield own


@contextmanager
def own_database(base_settings: Settings, template: str) -> Iterator[Settings]:
    """A fresh clone. All have one name: what is put together once serves every module."""
    embedded.drop_database(base_settings, NAME)
    embedded.create_database(base_settings, NAME, template)
    yield activate(in_database(base_settings, NAME))
    embedded.drop_database(base_settings, NAME)


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """As the application's role, which row security binds. No connection outlives its test."""
    database = door(settings.app_database_url)
    yield database
    await database.close()


@pytest.fixture
async def relay_database(settings: Settings) -> AsyncIterator[Database]:
    """As the relay's role, which sees the outbox and nothing else."""
    database = Database(settings.relay_database_url, pool_size=2)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def valkey(base_settings: Settings) -> Iterator[str]:
    """The URL of a running Valkey."""
    shutil.rmtree(base_settings.data_dir / "valkey", ignore_errors=True)
    process = start(embedded.valkey(base_settings))
    yield base_settings.redis_url
    stop(process)


@pytest.fixture
async def redis(valkey: str) -> AsyncIterator[ArqRedis]:
    """An empty Redis."""
    pool = await jobs.connect(valkey)
    await pool.flushall()
    yield pool
    await pool.aclose()


@pytest.fixture
async def mailbox_folder(base_settings: Settings) -> AsyncIterator[Path]:
    """The folder of a running, empty mailbox."""
    shutil.rmtree(base_settings.mailbox_dir, ignore_errors=True)
    async with mailbox.serving(base_settings):
        yield base_settings.mailbox_dir


@pytest.fixture
async def cast(database: Database) -> Cast:
    """A firm with everyone in it, and Otto's."""
    return await make_cast(database)


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[Litestar]:
    """No connection of its pools outlives the test, whose event loop it belongs to."""
    app = application(settings)
    app.state.redis.connection_pool.reset()  # an answer cut off by the last test's end may have opened one
    yield app
    await app.state.database.close()


@functools.cache
def application(settings: Settings) -> Litestar:
    """One for the process: to put seven hundred routes together takes half a second."""
    return create_app(settings)


@functools.cache
def door(url: str) -> Database:
    """One for the process: it remembers how each statement is compiled."""
    return Database(url, pool_size=5)


@pytest.fixture
async def client(app: Litestar) -> AsyncIterator[AsyncTestClient[Litestar]]:
    async with AsyncTestClient(app, base_url="https://testserver.local") as client:
        yield client


@pytest.fixture
async def as_person(
    app: Litestar, client: AsyncTestClient[Litestar], cast: Cast
) -> Callable[[str], Awaitable[Browser]]:
    """`await as_person("ben")` is Ben's browser; "otto" and "nobody" belong into every page test."""
    return functools.partial(browser, app, client, cast)


def in_database(settings: Settings, name: str) -> Settings:
    def moved(url: str) -> str:
        return make_url(url).set(database=name).render_as_string(hide_password=False)

    return dataclasses.replace(
        settings,
        database_url=moved(settings.database_url),
        app_database_url=moved(settings.app_database_url),
        relay_database_url=moved(settings.relay_database_url),
    )


def _schema_digest() -> str:
    """Changes with every table, policy and guard."""
    engine = create_async_engine("postgresql+asyncpg://", poolclass=NullPool).sync_engine
    tables = Base.metadata.sorted_tables
    ddl = [str(CreateTable(table).compile(engine)) for table in tables]
    ddl += [str(CreateIndex(index).compile(engine)) for table in tables for index in sorted(table.indexes, key=str)]
    ddl += [path.read_text() for path in (Path(schema.__file__), *guards())]
    return hashlib.sha256("\n".join(ddl).encode()).hexdigest()[:16]


async def build_schema(settings: Settings) -> None:
    """The schema from the tables themselves; that the migrations give the same one is a test of its own."""
    engine = create_async_engine(settings.database_url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(schema.ensure_roles, settings)
        await connection.run_sync(Base.metadata.create_all)
        await connection.run_sync(schema.protect)
        for path in guards():
            raw = await connection.get_raw_connection()
            await raw.driver_connection.execute(path.read_text())
    await engine.dispose()
