"""`saas drill restore`: the database's disk is lost while letters go out; the backup gives it back."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import NullPool, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from saas.backup import bases, copy_files, newest, verified
from saas.drills.approving import Approver
from saas.drills.firm import furnished
from saas.drills.outcome import Outcome, load
from saas.drills.world import World, world
from saas.kernel import clock, embedded
from saas.kernel.config import Settings, settings_from
from saas.kernel.processes import Program, ends_with_us, start, stop
from saas.restoring import Restored, restored

MOST_LOST = 60.0  # seconds of work
POINT = "drill"
FOLLOWED_IN = 30.0  # seconds
# Writing the point does not flush the log; the commit of a transaction with a number does.
MARK = f"SELECT pg_create_restore_point('{POINT}')::text, pg_current_xact_id()"
FOLLOWED = (
    "SELECT coalesce(bool_or(flush_lsn >= CAST(CAST(:point AS text) AS pg_lsn)), false) FROM pg_stat_replication"
    " WHERE state = 'streaming'"
)
KEYS = (
    "SELECT c.relname, string_agg(format('%I::text', a.attname), ', ' ORDER BY a.attnum) FROM pg_index i"
    " JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
    " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)"
    " WHERE i.indisprimary AND n.nspname = 'public' GROUP BY c.relname ORDER BY 1"
)
Rows = dict[tuple[str, ...], str]  # table and key: hash of the row


def run(letters: int = 300, seconds: float = 60.0) -> Outcome:
    with world() as place:
        return asyncio.run(given_back(place, letters, seconds))


async def given_back(place: World, letters: int, seconds: float) -> Outcome:
    """Base backup, log streamed on; a point in the middle of the work is compared row by row, then the end is lost."""
    begun, folder = time.monotonic(), place.settings.data_dir.parent / "backup"
    async with furnished(place) as firm:
        ids = await firm.drafted(letters)
        backup = start(_copying(place, folder))
        try:
            approving = asyncio.create_task(Approver(place, firm).approve(ids, seconds))
            await asyncio.sleep(seconds / 2)
            wanted = await _marked(place.settings)
            await approving
            struck = _disk_is_lost(place)
            copy_files(place.settings, folder)  # they stand on another disk: as its next pass would
        finally:
            await asyncio.sleep(1)
            stop(backup)
    back = await asyncio.to_thread(_back_at_the_point, folder, wanted)
    end, away = await asyncio.to_thread(_back_at_the_end, folder, place, ids)
    lost_seconds = (struck - end.last).total_seconds() if end.last else float("inf")
    facts = {"letters": letters, "rows": len(wanted), "rows_that_differ": back, "lost_seconds": round(lost_seconds, 1),
             "files_missing": away, "restore_seconds": round(end.seconds, 1), "load": load()}  # fmt: skip
    passed = back == 0 and away == 0 and len(wanted) > letters and lost_seconds <= MOST_LOST
    return Outcome("restore", back + away, 0, time.monotonic() - begun, passed, facts)


def _copying(place: World, folder: Path) -> Program:
    """`saas backup run`, ready once a full copy is made and the log follows it."""
    own = [f"{name}={value}" for name, value in place.environment.items() if name.startswith("SAAS_")]
    words = ["env", *own, sys.executable, "-m", "saas.cli", "backup", "run", "--to", str(folder)]

    def follows() -> bool:
        return bool(bases(folder)) and any((folder / "wal").glob("*"))

    return Program("backup", [*ends_with_us("TERM"), *words], follows, place.settings.data_dir / "log" / "backup.log")


async def _marked(settings: Settings) -> Rows:
    """Every row's hash at a named point that the backup has reached: nobody writes between the two."""
    engine = create_async_engine(settings.database_url, poolclass=NullPool)
    for _try in range(20):
        with suppress(DBAPIError):
            async with engine.begin() as connection:
                await connection.execute(text("SET LOCAL lock_timeout = '5s'"))
                tables = [table for table, _key in (await connection.execute(text(KEYS))).all()]
                await connection.execute(text(f"LOCK TABLE {', '.join(tables)} IN SHARE MODE"))
                rows = await _hashes(connection)
                point = (await connection.execute(text(MARK))).scalar_one()
            break
    else:
        raise TimeoutError("the tables could not be held still")
    await _followed(engine, point)
    return rows


async def _followed(engine: AsyncEngine, point: str) -> None:
    """Wait until the backup's log has the point: a disk lost before would take it along."""
    deadline = time.monotonic() + FOLLOWED_IN
    async with engine.connect() as connection:
        while not (await connection.execute(text(FOLLOWED), {"point": point})).scalar_one():
            if time.monotonic() > deadline:
                raise TimeoutError(f"the backup did not follow to {point}")
            await asyncio.sleep(0.1)


async def _hashes(connection: AsyncConnection) -> Rows:
    found: Rows = {}
    for table, key in (await connection.execute(text(KEYS))).all():
        rows = await connection.execute(text(f"SELECT md5(t::text), {key} FROM {table} t"))  # noqa: S608 - its own names
        found |= {(table, *map(str, row[1:])): row[0] for row in rows}
    return found


def _disk_is_lost(place: World) -> datetime:
    """Everything is killed at once, and the database's folder is gone."""
    assert place.up is not None
    for pid in (place.up.pid, *place.parts().values()):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    struck = clock.now()
    place.up.wait()
    place.up = None
    (place.settings.data_dir / "postgres").rename(place.settings.data_dir / "lost")
    return struck


def _back_at_the_point(folder: Path, wanted: Rows) -> int:
    """How many rows of the restored database are missing, different or too many."""
    place = folder.with_name("at-the-point")
    restored(folder, place, point=POINT)
    found = _ask(place, _hashes)
    return sum(1 for key in wanted.keys() | found.keys() if wanted.get(key) != found.get(key))


def _back_at_the_end(folder: Path, place: World, letters: Sequence[UUID]) -> tuple[Restored, int]:
    """The end of the log; and how many printed letters' files are missing from the backup."""
    verified(newest(folder), place.settings)
    into = folder.with_name("at-the-end")
    done = restored(folder, into)
    printed = _ask(into, _printed)
    known = {str(letter) for letter in letters}
    return done, sum(1 for i, firm, f in printed if i in known and not (into / "files" / firm / f[:2] / f).is_file())


async def _printed(connection: AsyncConnection) -> list[tuple[str, str, str]]:
    sql = "SELECT id::text, firm_id::text, file_sha256 FROM notices WHERE issued_at IS NOT NULL"
    return [(row[0], row[1], row[2]) for row in await connection.execute(text(sql))]


def _ask(folder: Path, question: Any) -> Any:
    """Run the restored server for one question."""
    settings = settings_from({"SAAS_DATA_DIR": str(folder)})

    async def asked() -> Any:
        engine = create_async_engine(settings.database_url, poolclass=NullPool)
        async with engine.connect() as connection:
            return await question(connection)

    server = embedded.postgres(settings, durable=False)
    process = start(server)
    try:
        return asyncio.run(asked())
    finally:
        stop(process, server.stop_signal)
