"""The workers: light (mail and short effects), heavy (imports and PDFs), the relay that rings for both, and lmtp, which
takes in the mail that comes back."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Coroutine
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, cast
from uuid import UUID

import msgspec
import typer
from arq.connections import RedisSettings
from arq.worker import Retry, Worker, func
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError

from saas.kernel import documents, jobs, logs, metrics, relay, roles
from saas.kernel.config import Settings, activate, settings_from
from saas.kernel.db import Database
from saas.kernel.processes import replaced_at_once
from saas.notices.returns import listener as returned_mail

log = logging.getLogger("saas.worker")

AWAY = 0.2  # seconds between two tries to reach Redis; each has its own patience
AT_ONCE = {"light": 8, "heavy": 2}
GRACE = 5  # seconds a stopping worker gives its jobs to end well


class Kind(StrEnum):
    LIGHT = "light"
    HEAVY = "heavy"
    RELAY = "relay"
    LMTP = "lmtp"


def register(app: typer.Typer) -> None:
    @app.command()
    def worker(kind: Annotated[Kind, typer.Argument(help="What it works on.")]) -> None:
        """Run one background process; `saas up` runs one of each."""
        import saas.app  # noqa: F401 - composes the modules whose jobs are run

        settings = activate(settings_from())
        logs.configure(as_json=settings.env == "production")
        asyncio.run(roles.refuse_unsafe(settings))
        replaced_at_once(lambda: asyncio.run(_telling(kind, settings)))


async def _telling(kind: Kind, settings: Settings) -> None:
    """Serve, and publish this process's figures meanwhile."""
    metrics.figures.begin()
    publishing = asyncio.create_task(metrics.keep_publishing(settings.redis_url, kind.value))
    try:
        await _serving(kind, settings)
    finally:
        publishing.cancel()


def _serving(kind: Kind, settings: Settings) -> Coroutine[None, None, None]:
    if kind is Kind.RELAY:
        return serve_relay(settings)
    return returned_mail.serve(settings) if kind is Kind.LMTP else serve(kind.value, settings)


async def serve(kind: str, settings: Settings) -> None:
    """Work on one queue until told to stop. While Redis is away it waits, with all that was loaded, and begins anew."""
    database = Database(settings.app_database_url, pool_size=AT_ONCE[kind] + 2)
    metrics.figures.watch("app", database)
    warming = asyncio.create_task(documents.warming_up()) if kind == "heavy" else None
    try:
        while not await _stopped(arq_worker(kind, settings, database)):
            pass
    finally:
        if warming is not None:
            warming.cancel()
        await database.close()
        documents.cool_down()


async def _stopped(worker: Worker) -> bool:
    """Let it work: whether it was told to stop, and not only left by Redis. What it is at ends by itself."""
    try:
        await worker.async_run()
    except asyncio.CancelledError:
        return True
    except (RedisError, OSError) as error:
        log.warning("the queue is away: %s", type(error).__name__)
        await asyncio.sleep(AWAY)
    finally:
        with contextlib.suppress(RedisError, OSError):
            await worker.close()
    return not worker.allow_pick_jobs  # both at once when everything ends: who begins anew would never hear of it


class _Worker(Worker):
    """arq's own, which calls a job failed (a KeyError) when it is rung for again while the worker is at it."""

    async def start_jobs(self, job_ids: list[bytes]) -> None:
        """Not what we are at: its bell goes when it is done."""
        await super().start_jobs([job_id for job_id in job_ids if job_id.decode() not in self.tasks])


def arq_worker(kind: str, settings: Settings, database: Database, **options: Any) -> Worker:
    """arq carries one queue. Repetition is ours: a job that fails has noted it and ends well for arq."""
    return _Worker(
        [func(cast(Any, _run), name="run", keep_result=0, timeout=jobs.SECONDS[kind] + 30, max_tries=1_000_000)],
        queue_name=jobs.queue(kind),
        redis_settings=RedisSettings.from_dsn(settings.redis_url),
        job_serializer=jobs.packed,
        job_deserializer=msgspec.msgpack.decode,
        keep_result=0,  # also of a bell whose words are gone, which arq calls expired: it would refuse the next one
        max_jobs=AT_ONCE[kind],
        poll_delay=0.05,
        job_completion_wait=GRACE,
        on_startup=cast(Any, _take_over),
        ctx={"database": database, "kind": kind},
        **options,
    )


async def serve_relay(settings: Settings) -> None:
    doorbell = Database(settings.relay_database_url, pool_size=3)
    app = Database(settings.app_database_url, pool_size=2)
    metrics.figures.watch("relay", doorbell)
    metrics.figures.watch("app", app)
    redis = await jobs.connect(settings.redis_url)
    try:
        await relay.serve(doorbell, app, redis, timedelta(days=settings.jobs_kept_days))
    finally:
        await redis.aclose()
        await doorbell.close()
        await app.close()


async def _run(context: dict[str, Any], firm_id: str, job_id: str) -> None:
    """A job that could not even be begun stays in the queue: the database is away."""
    try:
        await jobs.run_job(context["database"], UUID(firm_id), UUID(job_id), context["redis"])
    except (DBAPIError, OSError) as error:
        raise Retry(defer=1) from error


async def _take_over(context: dict[str, Any]) -> None:
    await jobs.take_over(context["redis"], context["kind"])
