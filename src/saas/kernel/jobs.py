"""Running a promised job: once in effect, however often it is begun.

PostgreSQL holds the truth: while a job runs, its outbox row is locked, and the row is marked finished in the
transaction that has the effect. arq only carries the ids. A worker that dies frees the lock, and the relay sees that.
"""

from __future__ import annotations

import asyncio
import logging
import time
import traceback
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from arq.connections import ArqRedis, RedisSettings, create_pool
from arq.constants import in_progress_key_prefix, job_key_prefix, result_key_prefix, retry_key_prefix
from sqlalchemy import Select, func, select, update
from sqlalchemy.exc import DBAPIError
from structlog.contextvars import bound_contextvars

from saas.kernel import clock, metrics, tenancy
from saas.kernel.db import Database
from saas.kernel.i18n import Text
from saas.kernel.module import composition
from saas.kernel.outbox import Outbox, Outlet, not_paused

log = logging.getLogger("saas.jobs")

SECONDS = {"light": 60, "heavy": 900}  # the longest one attempt may take
MOST_ATTEMPTS = 10  # then the job is dead and waits for a person
STILL_RINGING = (0.01, 0.03, 0.1, 0.3, 1.0)  # seconds a worker waits for the relay to commit that it rang
LONGEST_ERROR = 4000  # characters of a traceback that are kept
BELL_LIFE = timedelta(days=1)  # a bell nobody hears that long is rung again anyway
SKEW = timedelta(days=1)  # by which the clocks of two machines may differ
SERVER_AWAY = "57P"  # SQLSTATE: shutting down, crashed, starting up
LEFT_BEHIND = (in_progress_key_prefix, job_key_prefix, retry_key_prefix, result_key_prefix)  # of a bell, in Redis
PROGRESS_LIFE = 3600  # seconds a progress report is shown after its last change


class HopelessError(Exception):
    """Raised by a job that no repetition can help: it is dead at once."""


@dataclass(frozen=True, slots=True)
class Run:
    """The attempt being made. `attempt` was committed before it began: from 2 on, effects outside may exist already.

    `outlet` is where it may deliver: to the real relay, or only to the embedded mailbox.
    """

    id: UUID
    firm_id: UUID
    attempt: int
    outlet: Outlet = "mailbox"
    redis: ArqRedis | None = None


class Progress(msgspec.Struct, frozen=True):
    """How far a long job is, for the page that waits for it."""

    done: int
    total: int
    what: dict[str, Any]

    @property
    def text(self) -> Text:
        return Text.restore(self.what)


_running: ContextVar[Run | None] = ContextVar("running", default=None)


def running() -> Run:
    """The attempt this code is part of; RuntimeError outside a job."""
    run = _running.get()
    if run is None:
        raise RuntimeError("no job is running here")
    return run


def redis_at_hand() -> ArqRedis | None:
    """The running job's Redis; None outside a job."""
    run = _running.get()
    return run.redis if run is not None else None


async def report(done: int, total: int, what: Text) -> None:
    """Say how far the running job is. It goes to Redis: shown at once, lost without harm; outside a job nothing."""
    run = _running.get()
    if run is not None and run.redis is not None:
        value = msgspec.msgpack.encode(Progress(done, total, what.store()))
        await run.redis.set(_progress_key(run.firm_id, run.id), value, ex=PROGRESS_LIFE)


async def progress(redis: ArqRedis, firm_id: UUID, job_id: UUID) -> Progress | None:
    """The last report of a job, None when it made none."""
    value = await redis.get(_progress_key(firm_id, job_id))
    return msgspec.msgpack.decode(value, type=Progress) if value else None


async def run_job(database: Database, firm_id: UUID, job_id: UUID, redis: ArqRedis | None = None) -> bool:
    """Make one attempt at a promised job; True when it is finished by it. Never raises for the job's own failure."""
    with tenancy.within(tenancy.firm(firm_id)):
        begun = await _begin(database, job_id)
        if begun is None:
            return False
        run = Run(job_id, firm_id, begun.attempts, begun.outlet, redis)
        with _as_running(run), _named(begun), _counted(begun) as outcome:
            try:
                async with asyncio.timeout(SECONDS[begun.kind]):
                    finished = await _attempt(database, begun)
            except asyncio.CancelledError:
                outcome.append("handed back")
                await asyncio.shield(_hand_back(database, begun))
                raise
            except Exception as error:
                if is_cut_off(error):
                    outcome.append("cut off")
                    await _hand_back(database, begun)
                else:
                    outcome.append("failed")
                    await _record_failure(database, begun, error)
                return False
            return finished


def is_cut_off(error: BaseException) -> bool:
    """Whether the database went away under the job, or is just coming back: nothing stands, and it is not at fault."""
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or str(getattr(error.orig, "sqlstate", "")).startswith(SERVER_AWAY)


@contextmanager
def _counted(begun: Outbox) -> Iterator[list[str]]:
    """For the monitor: the attempt, what it came to, and its time."""
    since, outcome = time.perf_counter(), list[str]()
    try:
        yield outcome
    finally:
        ended = outcome[0] if outcome else "finished"
        seconds = time.perf_counter() - since
        metrics.figures.attempted(begun.kind, begun.job, ended, seconds)
        log.info("job %s in %d ms", ended, seconds * 1000)


def _named(begun: Outbox) -> AbstractContextManager[Any]:
    """Every line of the attempt says whose it is."""
    return bound_contextvars(job=begun.job, job_id=str(begun.id), attempt=begun.attempts)


async def connect(redis_url: str, retries: int = 5) -> ArqRedis:
    """A pool of connections to Redis whose messages are msgpack; arq's own default would be pickle."""
    return await create_pool(
        replace(RedisSettings.from_dsn(redis_url), conn_retries=retries),
        job_serializer=packed,
        job_deserializer=msgspec.msgpack.decode,
    )


def packed(message: Any) -> bytes:
    """For arq, which also wants to keep what it gave up after Redis lost a job: that only says what it was."""
    return msgspec.msgpack.encode(message, enc_hook=repr)


async def ring(redis: ArqRedis, row: Outbox) -> None:
    """Tell the workers. A second ring first clears what an attempt that died has left in Redis, or that would block."""
    key = str(row.id)
    if row.rings:
        async with redis.pipeline(transaction=True) as pipe:
            pipe.delete(*(prefix + key for prefix in LEFT_BEHIND))
            pipe.zrem(queue(row.kind), key)
            await pipe.execute()
    # Its place in the queue is its due time, so that a second ring does not lose it; a day earlier, since arq's worker
    # would wait for a time that its own clock has not reached. Left to itself arq gives what is a day late no life at
    # all, and Redis refuses that.
    in_turn, where = min(row.due_at, clock.now()) - SKEW, queue(row.kind)
    await redis.enqueue_job(
        "run", str(row.firm_id), key, _job_id=key, _queue_name=where, _defer_until=in_turn, _expires=BELL_LIFE
    )


async def take_over(redis: ArqRedis, kind: str) -> None:
    """For a worker that starts: free what a predecessor that was killed had taken from the queue.

    What a living colleague is at work on is freed too, without harm: its row is locked, so a second taker leaves it.
    """
    waiting = [key.decode() for key in await redis.zrange(queue(kind), 0, -1)]
    if waiting:
        await redis.delete(*(in_progress_key_prefix + key for key in waiting))


def queue(kind: str) -> str:
    return f"saas:{kind}"


def backoff(attempts: int) -> timedelta:
    """2, 4, 8 … seconds, at most half an hour."""
    return timedelta(seconds=min(2.0**attempts, 1800))


async def _begin(database: Database, job_id: UUID) -> Outbox | None:
    """Count the attempt, committed before anything is done; None when another worker has it or it is finished.

    A worker may hear the bell before the relay has committed that it rang: then the relay still holds the row, and
    whoever gave up would lose the ring until the relay's patience ends.
    """
    wanted = _open_row(job_id)
    for pause in (*STILL_RINGING, None):
        async with database.transaction() as session:
            row: Outbox | None = await session.scalar(wanted.with_for_update(skip_locked=True))
            if row is not None:
                row.started_at = func.now()  # by the database's clock, as the relay reads it
                row.attempts += 1
                row.rings = 1  # heard: the relay's patience begins anew
                return row
            unbegun = await session.scalar(_open_row(job_id).where(Outbox.started_at.is_(None)))
        if unbegun is None or pause is None:
            break
        wanted = _open_row(job_id).where(Outbox.attempts == unbegun.attempts)  # not what was tried meanwhile
        await asyncio.sleep(pause)
    return None


async def _attempt(database: Database, begun: Outbox) -> bool:
    async with database.transaction() as session:
        row = await session.scalar(_open_row(begun.id).with_for_update(skip_locked=True))
        if row is None:
            return False
        await composition().job(row.job).run(session, **row.args)
        row.finished_at = clock.now()
        row.last_error = ""
    return True


def _open_row(job_id: UUID) -> Select[Outbox]:
    open_now = (Outbox.id == job_id, Outbox.finished_at.is_(None), Outbox.dead.is_(False))
    return select(Outbox).where(*open_now, not_paused())


async def _record_failure(database: Database, begun: Outbox, error: Exception) -> None:
    """Keep the reason and the time of the next attempt. If even that fails, the relay finds the row begun and free."""
    dead = isinstance(error, HopelessError) or begun.attempts >= MOST_ATTEMPTS
    log.warning("job failed", exc_info=error)
    await _release(
        database,
        begun,
        last_error="".join(traceback.format_exception(error))[-LONGEST_ERROR:],
        due_at=clock.now() + backoff(begun.attempts),
        dead=dead,
    )


async def _hand_back(database: Database, begun: Outbox) -> None:
    """The worker is stopping, or lost the database: the job may begin again at once.

    The attempt counts, since it may have had effects outside.
    """
    await _release(database, begun)


async def _release(database: Database, begun: Outbox, **changes: Any) -> None:
    try:
        async with database.transaction() as session:
            still_ours = (Outbox.id == begun.id, Outbox.finished_at.is_(None), Outbox.attempts == begun.attempts)
            await session.execute(update(Outbox).where(*still_ours).values(started_at=None, rung_at=None, **changes))
    except Exception as error:
        log.warning("job could not be handed back: %s", type(error).__name__)  # the relay finds it begun and free


@contextmanager
def _as_running(run: Run) -> Iterator[None]:
    token = _running.set(run)
    try:
        yield
    finally:
        _running.reset(token)


def _progress_key(firm_id: UUID, job_id: UUID) -> str:
    return f"saas:progress:{firm_id}:{job_id}"
