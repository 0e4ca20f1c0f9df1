"""`saas bench import`: a ledger of 200,000 rows from upload to stored and checked, beside polars only reading it."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import httpx
from sqlalchemy import select

from saas.bench.checking import ledger_file, plain_read
from saas.bench.office import Office, office, servers, visiting
from saas.bench.outcome import Result
from saas.bench.series import named
from saas.clients.models import Client
from saas.identity.sessions import key_of
from saas.kernel import clock, jobs
from saas.kernel.config import Settings
from saas.kernel.outbox import Outbox
from saas.kernel.web import DoorSettings, csrf_token
from saas.ledgers.models import Import

RATIO = 6.0  # times what polars needs only to read the same file
STEPS = ("upload", "read", "store", "check")
JOBS = {"read": "ledgers.read", "store": "ledgers.store", "check": "checks.after_import"}


def measure(lines: int, turns: int, suffixes: Sequence[str]) -> list[Result]:
    """Each file as often as `turns` says, each time for another client; the plain reads stand between."""
    with servers() as settings, tempfile.TemporaryDirectory(prefix="saas-bench-") as folder:
        files = [ledger_file(lines, suffix, Path(folder)) for suffix in suffixes]
        return asyncio.run(_measure(settings, files, turns))


async def _measure(settings: Settings, files: Sequence[tuple[Path, int]], turns: int) -> list[Result]:
    async with office(settings) as place, visiting(place) as browser:
        return [await _result(place, browser, path, lines, turns) for path, lines in files]


async def _result(place: Office, browser: httpx.AsyncClient, path: Path, lines: int, turns: int) -> Result:
    taken: list[dict[str, float]] = []
    plain: list[float] = []
    for turn in range(turns):
        client_id = await _client(place, f"{path.suffix[1:]}{turn:03}")
        taken.append(await _imported(place, browser, client_id, path, lines))
        plain.append(plain_read(path))
    whole = [sum(one.values()) for one in taken]
    ratio = round(statistics.median(a / b for a, b in zip(whole, plain, strict=True)), 2)
    ours = named(whole, "seconds", 2)
    ours |= {f"{step}_seconds": round(statistics.median(one[step] for one in taken), 2) for step in STEPS}
    case = f"{lines:,} rows ({path.suffix[1:]}), upload to checked, beside polars reading them"
    return Result(case, ours, named(plain, "seconds"), ratio, f"≤ {RATIO:g} ×", ratio <= RATIO)  # fmt: skip


async def _client(place: Office, number: str) -> UUID:
    async with place.transaction() as session:
        client = Client(
            number=number, name="杭州湖畔贸易有限公司", sort_key="hp", pinyin="hp", taxpayer_kind="general",
            standard="other", created_at=clock.now(),
        )  # fmt: skip
        session.add(client)
    return client.id


async def _imported(
    place: Office, browser: httpx.AsyncClient, client_id: UUID, path: Path, lines: int
) -> dict[str, float]:
    """Seconds of each step, as a person and the workers do them one after another."""
    at, door = f"/f/{place.firm.slug}", DoorSettings(place.settings.derive("csrf"), hsts=False)
    csrf = {"csrf": csrf_token(door.secret, key_of(place.token))}
    taken = {}
    begun = time.perf_counter()
    answer = await browser.post(
        f"{at}/clients/{client_id}/ledgers",
        data=csrf,
        files={"file": (path.name, await asyncio.to_thread(path.read_bytes))},
    )
    address = answer.headers.get("location", "")
    if answer.status_code != 303:
        raise RuntimeError(f"the upload was answered {answer.status_code}: {answer.text[-800:]}")
    taken["upload"] = time.perf_counter() - begun
    taken["read"] = await _worked(place, "read")
    begun = time.perf_counter()
    yes = {**csrf, "posted": "posted", "accept_other_company": "true", "accept_unbalanced": "true"}
    answer = await browser.post(f"{address}/store", data=yes)
    if answer.status_code != 303:
        raise RuntimeError(f"the yes was answered {answer.status_code}: {answer.text[-800:]}")
    taken["store"] = time.perf_counter() - begun + await _worked(place, "store")
    taken["check"] = await _worked(place, "check")
    async with place.transaction() as session:
        stored = (await session.scalars(select(Import).where(Import.client_id == client_id))).one()
    if stored.state != "stored" or (stored.line_count or 0) < lines * 0.99:
        raise RuntimeError(f"{stored.line_count} of {lines} rows are {stored.state}")
    return taken


async def _worked(place: Office, step: str) -> float:
    """Seconds of the job that this step promised."""
    async with place.transaction() as session:
        wanted = select(Outbox.id).where(Outbox.job == JOBS[step], Outbox.finished_at.is_(None))
        job = (await session.scalars(wanted)).one()
    begun = time.perf_counter()
    if not await jobs.run_job(place.database, place.firm.id, job):
        raise RuntimeError(f"the job {JOBS[step]} failed")
    return time.perf_counter() - begun
