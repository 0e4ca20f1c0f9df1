"""Figures of this process for a monitor: counted here, published by workers through Redis, shown by saas/metrics.py.

A figure never names a person, a firm or a record: its labels are patterns of addresses, names of jobs and states.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from bisect import bisect_left
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Literal

import msgspec
from arq.connections import ArqRedis
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from redis.exceptions import RedisError
from sqlalchemy.pool import QueuePool

from saas.kernel import clock
from saas.kernel.db import Database

BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
EVERY, LIFE = 10.0, 35  # seconds: a worker whose figures are older is gone
WORKERS = "saas:workers"
NO_ROUTE = "(none)"
BEGUN = "begun"  # where the door keeps the time, in the request's scope


class Family(msgspec.Struct, frozen=True):
    """One metric as Prometheus knows it."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    help: str
    labels: tuple[str, ...] = ()


REQUESTS = Family("qz_http_requests_total", "counter", "Answers given.", ("method", "route", "status"))
LATENCY = Family("qz_http_request_seconds", "histogram", "From the request to its answer's first byte.", ("route",))
JOBS_RUN = Family("qz_jobs_run_total", "counter", "Attempts at jobs.", ("worker", "kind", "job", "outcome"))
JOB_SECONDS = Family("qz_job_seconds_total", "counter", "Time spent on attempts.", ("worker", "kind", "job"))
CONNECTIONS = Family("qz_db_connections", "gauge", "Connections to the database in use.", ("worker", "pool"))
CONNECTIONS_MOST = Family("qz_db_connections_most", "gauge", "Connections it may open.", ("worker", "pool"))
STARTED = Family("qz_process_start_seconds", "gauge", "When it was started, seconds since 1970.", ("worker", "kind"))

Labels = tuple[str, ...]
Sample = tuple[str, Labels, float]  # name of the family (with _bucket, _sum, _count), values of its labels, value


class Figures:
    """What one process has counted since it began."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Anew: nothing was counted in this process yet."""
        self.worker = f"{socket.gethostname()}:{os.getpid()}"
        self.kind = "web"
        self.started = clock.now().timestamp()
        self._counted: dict[tuple[str, Labels], float] = {}
        self._latencies: dict[str, list[float]] = {}  # by route: one count a bucket, then all, then their sum
        self._pools: dict[str, Database] = {}

    def add(self, family: Family, labels: Labels, by: float = 1.0) -> None:
        key = (family.name, labels)
        self._counted[key] = self._counted.get(key, 0.0) + by

    def watch(self, pool: str, database: Database) -> None:
        self._pools[pool] = database

    def answered(self, method: str, route: str, status: int, seconds: float | None) -> None:
        """One answer; without `seconds` where nobody took the time."""
        self.add(REQUESTS, (method, route, str(status)))
        if seconds is not None:
            line = self._latencies.setdefault(route, [0.0] * (len(BUCKETS) + 2))
            if (at := bisect_left(BUCKETS, seconds)) < len(BUCKETS):
                line[at] += 1
            line[-2] += 1
            line[-1] += seconds

    def attempted(self, kind: str, job: str, outcome: str, seconds: float) -> None:
        self.add(JOBS_RUN, (self.worker, kind, job, outcome))
        self.add(JOB_SECONDS, (self.worker, kind, job), seconds)

    def samples(self) -> list[Sample]:
        found: list[Sample] = [(name, labels, value) for (name, labels), value in self._counted.items()]
        for route, line in self._latencies.items():
            running = 0.0
            for bound, number in zip(BUCKETS, line, strict=False):
                running += number
                found.append((f"{LATENCY.name}_bucket", (route, repr(bound)), running))
            found.append((f"{LATENCY.name}_bucket", (route, "+Inf"), line[-2]))
            found += [(f"{LATENCY.name}_sum", (route,), line[-1]), (f"{LATENCY.name}_count", (route,), line[-2])]
        for name, database in self._pools.items():
            pool = database.engine.pool
            if isinstance(pool, QueuePool):
                most = pool.size() + pool._max_overflow  # it has no name for it
                found.append((CONNECTIONS.name, (self.worker, name), float(pool.checkedout())))
                found.append((CONNECTIONS_MOST.name, (self.worker, name), float(most)))
        return [*found, (STARTED.name, (self.worker, self.kind), self.started)]


figures = Figures()


def taking_time(app: ASGIApp) -> ASGIApp:
    """Middleware, the outermost: when the request came."""

    async def middleware(scope: Scope, receive: Receive, send: Send) -> None:
        scope[BEGUN] = time.perf_counter()  # type: ignore[literal-required]
        await app(scope, receive, send)

    return middleware


def counting() -> Callable[[Message, Scope], Awaitable[None]]:
    """A hook on every answer, errors and unknown addresses included."""

    async def before_send(message: Message, scope: Scope) -> None:
        if scope["type"] == ScopeType.HTTP and message["type"] == "http.response.start":
            begun: Any = scope.get(BEGUN)
            route = str(scope.get("path_template") or NO_ROUTE) if begun is not None else NO_ROUTE
            seconds = time.perf_counter() - begun if begun is not None else None
            figures.answered(scope["method"], route, message["status"], seconds)

    return before_send


async def publish(redis: ArqRedis) -> None:
    """A worker's figures, for whoever shows them; lost without harm."""
    key = f"{WORKERS}:{figures.kind}:{figures.worker}"
    try:
        async with redis.pipeline(transaction=True) as pipe:
            pipe.sadd(WORKERS, key)
            pipe.set(key, msgspec.msgpack.encode(figures.samples()), ex=LIFE)
            await pipe.execute()
    except (RedisError, OSError):
        return  # it is away: the worker notices by itself


async def keep_publishing(redis_url: str, kind: str) -> None:
    """For a worker, until cancelled."""
    figures.kind = kind
    redis = ArqRedis.from_url(redis_url)
    try:
        while True:
            await publish(redis)
            await asyncio.sleep(EVERY)
    finally:
        await redis.aclose()


async def published(redis: ArqRedis) -> list[tuple[str, list[Sample]]]:
    """(kind, figures) of every living worker; those that are gone are forgotten."""
    server: Any = redis  # its types know both kinds of client, and so neither
    keys = sorted(await server.smembers(WORKERS))
    values = await server.mget(keys) if keys else []
    gone = [key for key, value in zip(keys, values, strict=True) if value is None]
    if gone:
        await server.srem(WORKERS, *gone)
    return [
        (key.decode().split(":")[2], msgspec.msgpack.decode(value, type=list[Sample]))
        for key, value in zip(keys, values, strict=True)
        if value is not None
    ]


def written(families: Iterable[Family], samples: Iterable[Sample]) -> str:
    """The text format of Prometheus, version 0.0.4: each family once, with its lines below it."""
    by_name: dict[str, list[Sample]] = {}
    for sample in samples:
        by_name.setdefault(sample[0], []).append(sample)
    lines: list[str] = []
    for family in families:
        lines += [f"# HELP {family.name} {family.help}", f"# TYPE {family.name} {family.kind}"]
        tails = ("_bucket", "_sum", "_count") if family.kind == "histogram" else ("",)
        for tail in tails:
            names = (*family.labels, "le") if tail == "_bucket" else family.labels
            lines += [_line(sample, names) for sample in by_name.get(family.name + tail, [])]
    return "\n".join([*lines, ""])


def _line(sample: Sample, names: Labels) -> str:
    name, values, value = sample
    labels = ",".join(f'{label}="{_escaped(text)}"' for label, text in zip(names, values, strict=True))
    return f"{name}{{{labels}}} {value:.10g}" if labels else f"{name} {value:.10g}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
