"""/metrics: figures for a monitor in the text format of Prometheus. Alert rules on them stand in deploy/alerts.yml.

Each web process shows its own requests, and what all share: the workers (through Redis) and sums over all firms.
Only this machine may read it, or whoever has SAAS_METRICS_TOKEN; for everybody else the page does not exist.
"""

from __future__ import annotations

import asyncio
import hmac
import shutil
from collections.abc import Awaitable, Mapping
from typing import Any

from arq.connections import ArqRedis
from litestar import Request, Response, get
from litestar.datastructures import State
from sqlalchemy import text

from saas.kernel import metrics, tenancy
from saas.kernel.config import Settings
from saas.kernel.db import Database
from saas.kernel.errors import Missing
from saas.kernel.metrics import Family, Sample, figures
from saas.kernel.web import PUBLIC

PATIENCE = 5.0  # seconds for what others have to say
LOOPBACK = ("127.0.0.1", "::1")
FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip")
STATES = ("waiting", "running", "retrying", "later", "held", "dead")
OPEN = ("queued", "sending", "uncertain", "failed")
KINDS = ("light", "heavy")

UP = Family("qz_up", "gauge", "Whether a part answers.", ("part",))
WORKERS = Family("qz_workers", "gauge", "Workers that said so within 35 seconds.", ("kind",))
JOBS = Family("qz_jobs", "gauge", "Promised jobs that are not finished.", ("kind", "state"))
OLDEST = Family("qz_jobs_oldest_seconds", "gauge", "How long the oldest job that is due has waited.", ("kind",))
DELIVERIES = Family("qz_deliveries", "gauge", "Messages to clients by state.", ("channel", "status"))
DELIVERIES_OLDEST = Family("qz_deliveries_oldest_seconds", "gauge", "Age of the oldest message that is not out.")
SESSIONS = Family("qz_sessions", "gauge", "Browsers signed in and seen within 12 hours.")
FIRMS = Family("qz_firms", "gauge", "Firms.", ("kind", "state"))
BACKUP_BEHIND = Family("qz_backup_behind_bytes", "gauge", "Log that the backup has not fetched yet.")
BACKUP_STREAMS = Family("qz_backup_streams", "gauge", "1 while the backup fetches the log; absent without one.")
SERVER = Family("qz_server_connections", "gauge", "Connections to the database server.")
SERVER_MOST = Family("qz_server_connections_most", "gauge", "Connections the database server takes.")
DISK = Family("qz_disk_free_bytes", "gauge", "Room left where this process keeps data.")
FAMILIES = (
    UP, metrics.STARTED, metrics.REQUESTS, metrics.LATENCY, metrics.CONNECTIONS, metrics.CONNECTIONS_MOST, WORKERS,
    metrics.JOBS_RUN, metrics.JOB_SECONDS, JOBS, OLDEST, DELIVERIES, DELIVERIES_OLDEST, SESSIONS, FIRMS, BACKUP_BEHIND,
    BACKUP_STREAMS, SERVER, SERVER_MOST, DISK,
)  # fmt: skip
BY_FIGURE = {
    "jobs": JOBS, "jobs_oldest": OLDEST, "deliveries": DELIVERIES, "deliveries_oldest": DELIVERIES_OLDEST,
    "sessions": SESSIONS, "firms": FIRMS, "backup_behind": BACKUP_BEHIND, "backup_streams": BACKUP_STREAMS,
    "server_connections": SERVER, "server_connections_most": SERVER_MOST,
}  # fmt: skip


@get("/metrics", opt={"permission": PUBLIC}, media_type="text/plain")
async def show(request: Request[Any, Any, Any], state: State) -> Response[str]:
    settings: Settings = state.settings
    if not admitted(request.client.host if request.client else "", request.headers, settings.metrics_token):
        raise Missing()
    fleet, workers = await asyncio.gather(_asked(_fleet(state.database)), _asked(_workers(state.redis)))
    up: list[Sample] = [("qz_up", ("database",), float(fleet is not None))]
    up.append(("qz_up", ("redis",), float(workers is not None)))
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    free: Sample = (DISK.name, (), float(shutil.disk_usage(settings.data_dir).free))
    body = metrics.written(FAMILIES, [*up, *figures.samples(), *(workers or ()), *(fleet or ()), free])
    kind = "text/plain; version=0.0.4; charset=utf-8"
    return Response(body, media_type=kind, headers={"cache-control": "no-store"})


def admitted(host: str, headers: Mapping[str, str], token: str) -> bool:
    """By the token, or from this machine itself and not through a proxy on it."""
    given = headers.get("authorization", "")
    if token and hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return True
    return host in LOOPBACK and not any(name in headers for name in FORWARDED)


async def _asked(part: Awaitable[list[Sample]]) -> list[Sample] | None:
    try:
        return await asyncio.wait_for(part, PATIENCE)
    except Exception:
        return None


async def _fleet(database: Database) -> list[Sample]:
    """Sums over all firms; what there is none of is zero, so that a rule sees it fall."""
    zero: dict[tuple[str, metrics.Labels], float] = {
        (JOBS.name, (kind, state)): 0.0 for kind in KINDS for state in STATES
    }
    zero |= {(OLDEST.name, (kind,)): 0.0 for kind in KINDS}
    zero[DELIVERIES_OLDEST.name, ()] = 0.0
    zero |= {(DELIVERIES.name, ("email", status)): 0.0 for status in OPEN}
    async with database.transaction(tenancy.PLATFORM) as session:
        rows = (await session.execute(text("SELECT figure, kind, state, value FROM fleet_figures()"))).all()
    for figure, kind, state, value in rows:
        family = BY_FIGURE[figure]
        zero[family.name, (kind, state)[: len(family.labels)]] = value
    return [(name, labels, value) for (name, labels), value in zero.items()]


async def _workers(redis: ArqRedis) -> list[Sample]:
    found = await metrics.published(redis)
    alive = dict.fromkeys((*KINDS, "relay"), 0.0)
    for kind, _samples in found:
        alive[kind] = alive.get(kind, 0.0) + 1
    counted: list[Sample] = [(WORKERS.name, (kind,), number) for kind, number in alive.items()]
    return [*counted, *(sample for _kind, samples in found for sample in samples)]


ROUTES = [show]
