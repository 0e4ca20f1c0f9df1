"""`saas drill scale`: two web processes and two of each worker at one PostgreSQL and one Valkey share the work.

Nothing is done twice, a sign-in holds at both web processes, and signing out at one ends it at the other.
"""

from __future__ import annotations

import asyncio
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256

import httpx
from sqlalchemy import select

from saas.drills.approving import Approver
from saas.drills.firm import DrillFirm, furnished
from saas.drills.outcome import Outcome, load
from saas.drills.world import World, await_that, world
from saas.kernel import clock, metrics
from saas.kernel.module import composition
from saas.kernel.outbox import Outbox
from saas.kernel.processes import Program, ends_with_us, free_port, launch, page_status, stop
from saas.kernel.web import DoorSettings, csrf_token

KINDS = ("light", "heavy", "relay")
COMES_IN = 120.0  # seconds until a second process serves, on a busy machine
ATTEMPTS = re.compile(r'^qz_jobs_run_total\{worker="([^"]+)",kind="(\w+)",.*outcome="finished"\} (\d+)', re.MULTILINE)


def run(letters: int = 300) -> Outcome:
    with world() as place:
        return asyncio.run(shared(place, letters))


async def shared(place: World, letters: int) -> Outcome:
    """Approve half of the letters at each web process. `doubled` counts letters, jobs and schedules done twice."""
    begun = time.monotonic()
    with seconds(place) as second:
        async with furnished(place) as firm:
            await asyncio.to_thread(await_that, lambda: _alive(place) == dict.fromkeys(KINDS, 2), COMES_IN,
                                    "the second workers did not say that they live")  # fmt: skip
            before = _finished(place)
            sessions = await held_and_ended(place, second, firm)
            ids = await firm.drafted(letters)
            other = Approver(place, firm)
            other.address = second
            await asyncio.gather(Approver(place, firm).approve(ids[::2]), other.approve(ids[1::2]))
            tail = await firm.finished_within(60 + letters)
            fate, (scheduled, twice) = await firm.fate(place, ids), await promised(firm)
            await asyncio.sleep(metrics.EVERY + 1)  # until the workers have said what they did
            did = Counter(_finished(place))
            did.subtract(before)
    shares = {kind: sorted(n for (_w, k), n in did.items() if k == kind) for kind in ("light", "heavy")}
    passed = (fate.lost, fate.doubled + twice) == (0, 0) and sessions and scheduled > 0
    facts = {"letters": letters, "sessions_shared": sessions, "schedules_promised": scheduled, "jobs_by_worker": shares,
             "tail": round(tail, 1), "load": load()}  # fmt: skip
    return Outcome("scale", fate.lost, fate.doubled + twice, time.monotonic() - begun, passed, facts)


@contextmanager
def seconds(place: World) -> Iterator[str]:
    """A second web process and a second worker of each kind; the address of the former."""
    port, log = free_port(), place.settings.data_dir / "log"
    environment = [f"{name}={value}" for name, value in place.environment.items() if name.startswith("SAAS_")]
    web = ["uvicorn", "saas.app:create_app", "--factory", "--host", "127.0.0.1", "--port", str(port), "--no-access-log"]
    words = {"web": web, **{kind: ["saas.cli", "worker", kind] for kind in KINDS}}
    with ExitStack() as stack:
        for name, module in words.items():
            argv = [*ends_with_us("TERM"), "env", *environment, sys.executable, "-m", *module]
            process = launch(Program(name, argv, lambda: True, log / f"second-{name}.log"))
            stack.callback(stop, process)
        await_that(lambda: page_status(port, "/health/live") == 200, COMES_IN, "the second web process did not start")
        yield f"http://127.0.0.1:{port}"


async def held_and_ended(place: World, second: str, firm: DrillFirm) -> bool:
    """Whether a sign-in is good at both addresses, and after signing out at the second one at neither."""
    token, door = await firm.cookie(clock.now()), DoorSettings(place.settings.derive("csrf"), hsts=False)
    headers = {"cookie": f"{door.session_cookie}={token}"}
    form = {"csrf": csrf_token(door.secret, sha256(token.encode()).hexdigest())}
    async with httpx.AsyncClient(timeout=30, trust_env=False, headers=headers) as browser:
        pages = [f"{address}/f/{firm.firm.slug}/clients" for address in (place.address, second)]
        held = [(await browser.get(page)).status_code for page in pages]
        await browser.post(f"{second}/sign-out", data=form)
        ended = [(await browser.get(page)).status_code for page in pages]
    return held == [200, 200] and ended == [303, 303]


async def promised(firm: DrillFirm) -> tuple[int, int]:
    """How many scheduled jobs this firm was promised, and how many of them for a slot that had one already."""
    names = {schedule.job for schedule in composition().schedules}
    async with firm.transaction() as session:
        rows = (await session.execute(select(Outbox.job, Outbox.id).where(Outbox.job.in_(names)))).all()
    per_job = Counter(job for job, _id in rows)
    return len(rows), sum(max(number - 2, 0) for number in per_job.values())  # a slot may end while the drill runs


def _alive(place: World) -> dict[str, int]:
    found = re.findall(r'^qz_workers\{kind="(\w+)"\} (\d+)', _figures(place), re.MULTILINE)
    return {kind: int(number) for kind, number in found if kind in KINDS}


def _finished(place: World) -> Counter[tuple[str, str]]:
    """Jobs finished so far by (worker, kind)."""
    found: Counter[tuple[str, str]] = Counter()
    for worker, kind, number in ATTEMPTS.findall(_figures(place)):
        found[worker, kind] += int(number)
    return found


def _figures(place: World) -> str:
    return httpx.get(f"{place.address}/metrics", timeout=30, trust_env=False).text
