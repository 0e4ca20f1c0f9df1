"""`saas bench growth`: memory of workers that have nothing to do; with --minutes a soak of the whole product."""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from saas.bench.memory import family, mebibytes, slope
from saas.bench.outcome import Result
from saas.bench.serving import Browser, Server, servers_of
from saas.drills.approving import Approver
from saas.drills.firm import DrillFirm, furnished
from saas.drills.outcome import percentile
from saas.drills.world import World, world
from saas.kernel import clock, metrics
from saas.kernel.processes import ends_with_us, stop

OURS = ("web", "light", "heavy", "relay")
LIBRARIES = "import time, uvicorn, litestar, jinja2, asyncpg, sqlalchemy.ext.asyncio; time.sleep(600)"
BARE = {"bare": ("asgi", "saas.bench.pages.bare:create_app")}
PAGES = ("/cases", "/work", "/clients", "/notices", "/findings", "/refunds", "/checklists")
PACE = 0.25  # seconds between two pages of ours, and between two of the peer
LETTER_EVERY = 10.0  # seconds
SAMPLED = 10.0  # seconds
STEADY = 20.0  # MiB an hour that a part may grow


@dataclass(slots=True)
class Soak:
    """Seconds of answers, whatever was not a page, and samples of memory by part as (second, MiB)."""

    seconds: list[float] = field(default_factory=list)
    errors: int = 0
    letters: int = 0
    left: int = 0  # jobs of letters that were not done a minute after the end
    memory: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))


def idle() -> list[Result]:
    """Each part of the product as it waits for work, beside a process that has loaded the libraries and no more."""
    with world() as place:
        plain = subprocess.Popen([*ends_with_us("KILL"), sys.executable, "-c", LIBRARIES])
        try:
            time.sleep(metrics.EVERY * 2)  # until the heavy worker's printing process has loaded its fonts
            peer = {"mib": round(mebibytes([plain.pid]), 1)}
            parts = place.parts()
            found = {name: round(mebibytes(family(parts[name])), 1) for name in OURS}
        finally:
            stop(plain)
    return [
        Result(f"memory of an idle {name} process beside its libraries alone", {"mib": mib}, peer,
               round(mib / peer["mib"], 2))
        for name, mib in found.items()
    ]  # fmt: skip


def measure(minutes: float) -> list[Result]:
    """Pages, letters and their mail for so long, with bare Litestar answering the list of cases beside it."""
    with world() as place:
        return asyncio.run(_measure(place, minutes * 60))


async def _measure(place: World, seconds: float) -> list[Result]:
    async with furnished(place) as firm:
        token = await firm.cookie(clock.now())
        with servers_of(place.settings, BARE) as [bare]:
            ours, peer, until = Soak(), Soak(), time.monotonic() + seconds
            paths = [f"/f/{firm.firm.slug}{path}" for path in PAGES]
            await asyncio.gather(
                _visits(place.port, token, paths, until, ours),
                _visits(bare.port, token, paths[:1], until, peer),
                _letters(place, firm, until, ours),
                _samples(place, bare, until, ours, peer),
            )
        ours.left = await _unsent(firm)
    return _results(ours, peer, seconds / 60)


async def _visits(port: int, token: str, paths: Sequence[str], until: float, soak: Soak) -> None:
    """One page after another at a steady pace; anything but a page is an error, and the next visit is another one."""
    browser = Browser(port, token)
    for path in itertools.cycle(paths):
        begun = time.monotonic()
        if begun > until:
            break
        try:
            answer = await browser.get(path)
            soak.seconds.append(answer.seconds)
            soak.errors += answer.status != 200
        except (OSError, EOFError, TimeoutError):
            soak.errors += 1
            browser.close()
        await asyncio.sleep(max(PACE - (time.monotonic() - begun), 0))
    browser.close()


async def _letters(place: World, firm: DrillFirm, until: float, soak: Soak) -> None:
    """A letter every so often: drafted, approved through its page, printed, handed over."""
    approver = Approver(place, firm)
    while time.monotonic() < until:
        begun = time.monotonic()
        await approver.approve(await firm.drafted(1))
        soak.letters += 1
        await asyncio.sleep(max(LETTER_EVERY - (time.monotonic() - begun), 0))


async def _samples(place: World, bare: Server, until: float, ours: Soak, peer: Soak) -> None:
    begun = time.monotonic()
    while (now := time.monotonic()) < until:
        parts = place.parts()
        for name in OURS:
            ours.memory[name].append((now - begun, mebibytes(family(parts[name])) if name in parts else 0.0))
        peer.memory["web"].append((now - begun, mebibytes([bare.process.pid])))
        await asyncio.sleep(min(SAMPLED, max(until - time.monotonic(), 0) + 0.1))


async def _unsent(firm: DrillFirm) -> int:
    """Letters' jobs that are not done a minute after the last one."""
    await firm.finished_within(60)
    return await firm.unfinished()


def _results(ours: Soak, peer: Soak, minutes: float) -> list[Result]:
    said = f"{minutes:g} minutes"
    asked = [
        {"errors": one.errors, "pages": len(one.seconds), "p99_ms": round(percentile(one.seconds, 0.99) * 1000, 1)}
        for one in (ours, peer)
    ]
    mine = asked[0] | {"letters": ours.letters, "letters_jobs_left": ours.left}
    answers = Result(f"soak of {said}: pages and letters, beside bare Litestar’s pages", mine, asked[1], None,
                     "0 errors, nothing left", (ours.errors, ours.left) == (0, 0))  # fmt: skip
    theirs = _grown(peer.memory["web"])
    return [answers, *(_part(name, said, _grown(ours.memory[name]), theirs) for name in OURS)]


def _part(name: str, said: str, mine: dict[str, float], theirs: dict[str, float]) -> Result:
    steady = mine["mib_per_hour"] <= STEADY
    return Result(f"soak of {said}: memory of {name}", mine, theirs, None, f"≤ {STEADY:g} MiB an hour", steady)


def _grown(samples: Sequence[tuple[float, float]]) -> dict[str, float]:
    return {"mib_per_hour": round(slope(samples), 1), "mib_at_the_end": round(samples[-1][1], 1)}
