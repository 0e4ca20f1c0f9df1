"""Kill -9 of workers, relay, Valkey and PostgreSQL while letters are printed and mailed: none lost, none doubled.

The short drill runs always; `bin/test --full` runs 5,000 letters under 200 kills (docs/: trust, part 2).
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

import saas.app
from saas.kernel import embedded, mailbox, module, tenancy
from saas.kernel.config import Settings, settings_from
from saas.kernel.db import Database
from saas.kernel.directory import Firm
from saas.kernel.outbox import Outbox, enqueue
from saas.kernel.processes import Program, Watched, ends_with_us
from tests.conftest import build_schema
from tests.kernel.letters_under_fire import FIRE, message_id

ROOT = Path(__file__).parents[2]


@pytest.fixture
def under_fire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A whole installation of its own, whose servers write to disk as in real life."""
    monkeypatch.setenv("SAAS_DATA_DIR", str(tmp_path / "var"))
    module.compose([FIRE])
    yield settings_from()
    module.compose(saas.app.MODULES)


@pytest.fixture
async def sink(under_fire: Settings) -> AsyncIterator[Path]:
    """The mailbox, which is not killed: it is the world outside, and answers whether it has seen a letter."""
    async with mailbox.serving(under_fire):
        yield under_fire.mailbox_dir


@pytest.mark.parametrize(
    ("letters", "kills", "soon"),  # seconds; the short drill shares its machine with other tests
    [pytest.param(60, 5, 60, id="short"), pytest.param(5000, 200, 15, id="long", marks=pytest.mark.full)],
)
async def test_no_letter_is_lost_or_doubled(
    under_fire: Settings, sink: Path, letters: int, kills: int, soon: int
) -> None:
    servers = [Watched(embedded.postgres(under_fire)), Watched(embedded.valkey(under_fire))]
    workers = [Watched(worker(under_fire, "light")), Watched(worker(under_fire, "relay"))]
    for server in servers:
        server.start()
    embedded.create_database(under_fire)
    await build_schema(under_fire)
    database = Database(under_fire.app_database_url, pool_size=3)
    try:
        firm = await a_firm(database)
        promised = await promise(database, firm, letters)
        for part in workers:
            part.start()
        waits = await fire(database, firm, [*workers, *workers, *servers], kills, letters)
        arrived = [mailbox.times_seen(sink, message_id(job_id)) for job_id in promised]
        assert (arrived.count(0), sum(n for n in arrived if n > 1)) == (0, 0)
        assert await unfinished(database, firm) == 0
        print(f"{letters} letters, {kills} kills, again at work after {percentile(waits):.1f} s (p95)")
        assert percentile(waits) < soon
    finally:
        await database.close()
        for part in (*workers, *reversed(servers)):
            part.stop()
        shutil.rmtree(under_fire.data_dir)


async def fire(database: Database, firm: UUID, targets: list[Watched], kills: int, letters: int) -> list[float]:
    """Kill, spread over the letters; seconds from each kill until another letter is finished."""
    aim = random.Random(7)  # the same drill every time
    waits: list[float] = []
    left, killed_at, patience = letters, 0.0, time.monotonic() + 60 + letters
    while left:
        await asyncio.sleep(0.1)
        assert time.monotonic() < patience, f"{left} letters are not sent"
        for part in targets:
            part.keep_up(lambda _told: None)
        before, left = left, await unfinished(database, firm, default=left)
        if killed_at and left < before:
            waits.append(time.monotonic() - killed_at)
            killed_at = 0.0
        if not killed_at and len(waits) < kills and left <= letters * (1 - len(waits) / (kills + 1)):
            target = aim.choice([part for part in targets if part.process is not None])
            assert target.process is not None
            os.kill(target.process.pid, signal.SIGKILL)
            killed_at = time.monotonic()
    assert len(waits) >= kills - 1
    return waits


def worker(settings: Settings, kind: str) -> Program:
    argv = [*ends_with_us("TERM"), sys.executable, "-m", "tests.kernel.letters_under_fire", kind]
    return Program(kind, ["env", "-C", str(ROOT), *argv], lambda: True, settings.data_dir / "log" / f"{kind}.log")


async def a_firm(database: Database) -> UUID:
    async with database.transaction(tenancy.PLATFORM) as session:
        firm = Firm(id=uuid4(), slug="fire", code="fire", name="明达代理记账", created_at=datetime.now(UTC))
        session.add(firm)
    return firm.id


async def promise(database: Database, firm: UUID, letters: int) -> list[UUID]:
    async with database.transaction(tenancy.firm(firm)) as session:
        return [enqueue(session, "fire.letter", number=str(number)).id for number in range(letters)]


async def unfinished(database: Database, firm: UUID, default: int = -1) -> int:
    """How many letters are open; `default` while the database is away."""
    try:
        async with database.transaction(tenancy.firm(firm)) as session:
            return await session.scalar(select(func.count()).where(Outbox.finished_at.is_(None))) or 0
    except (DBAPIError, OSError):
        return default


def percentile(waits: list[float]) -> float:
    return sorted(waits)[round(0.95 * (len(waits) - 1))]
