"""`saas bench pages`: who serves the list of fifty cases how often and how fast, all asked in turn in the same run."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from saas.bench.office import Office, office, servers
from saas.bench.outcome import Result
from saas.bench.pages import rooms
from saas.bench.serving import Browser, Server, asked, servers_of, spent
from saas.cases import opening
from saas.cases.forms import NewCase, Severity
from saas.clients.models import Client
from saas.drills.outcome import percentile
from saas.kernel import clock
from saas.kernel.config import Settings
from saas.kernel.identifiers import uuid7

AT_ONCE = 4  # browsers
TURNS = 9  # of each other page
OURS, BARE, DJANGO = "Qingzhang", "bare Litestar + SQLAlchemy Core", "Django + Jinja2"
PROGRAMS = {
    OURS: ("asgi", "saas.app:create_app"),
    BARE: ("asgi", "saas.bench.pages.bare:create_app"),
    DJANGO: ("wsgi", "saas.bench.pages.django_page:application"),
}
WANTED = {BARE: 0.6, DJANGO: 1.0}  # our pages per second to theirs
SLOWEST = 2.0  # our p99 to the bare page's
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low")


@dataclass(slots=True)
class Run:
    """What one server did: pages per second of each round, seconds of each answer, processor seconds of a page."""

    rates: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    processor: float = 0.0

    def figures(self) -> dict[str, float]:
        return {
            "pages_per_second": round(statistics.median(self.rates), 1),
            "p50_ms": round(percentile(self.seconds, 0.5) * 1000, 2),
            "p99_ms": round(percentile(self.seconds, 0.99) * 1000, 2),
            "processor_ms": round(self.processor * 1000 / len(self.seconds), 2),
        }


def measure(cases: int, rounds: int, pages: int) -> list[Result]:
    """`rounds` times `pages` pages from each server, with the same 50 rows on them."""
    with servers() as settings:
        return asyncio.run(_measure(settings, cases, rounds, pages))


async def _measure(settings: Settings, cases: int, rounds: int, pages: int) -> list[Result]:
    async with office(settings) as place:
        await fill(place, cases)
        path = f"/f/{place.firm.slug}/cases"
        with servers_of(settings, PROGRAMS) as found:
            await _same(found, place.token, path)
            runs = await _rounds(found, place, [path] * pages, rounds)
        others = await rooms.measure(place, TURNS)
    beside = [_throughput(runs[OURS], runs[peer], peer) for peer in (BARE, DJANGO)]
    return [*beside, _slowest(runs[OURS], runs[BARE]), *others]


async def fill(place: Office, cases: int) -> None:
    """Ten clients and so many cases that people opened by hand, one after another."""
    now = clock.now()
    async with place.transaction() as session:
        clients = [
            Client(
                number=f"K{number:04}", name=f"杭州第{number}家贸易有限公司", sort_key=f"{number:04}", pinyin="hz",
                taxpayer_kind="general", standard="small", created_at=now, bookkeeper_id=place.reviewer.id,
            )
            for number in range(2, 12)
        ]  # fmt: skip
        session.add_all(clients)
    for number in range(1, cases + 1):
        async with place.transaction() as session:
            wanted = NewCase(
                client_id=clients[_stair(number)].id, title=f"问题 {number}", description="为测量而建", key=uuid7(),
                severity=SEVERITIES[_stair(number) // 3],
            )  # fmt: skip
            await opening.by_hand(session, place.owner, wanted, [], now)


def _stair(number: int) -> int:
    """0 to 9, each less often than the one before: choices of a filter that count the same would have no sure order."""
    number %= 55
    return next(step for step in range(10) if number < sum(range(10, 9 - step, -1)))


async def _same(found: Sequence[Server], token: str, path: str) -> None:
    """All show the same bytes, before anything is measured."""
    bodies = {}
    for server in found:
        browser = Browser(server.port, token)
        answer = await browser.get(path)
        browser.close()
        if answer.status != 200:
            raise RuntimeError(f"{server.name} answered {answer.status}: {answer.body[-500:].decode(errors='replace')}")
        bodies[server.name] = answer.body
    for name, body in bodies.items():
        if body != bodies[OURS]:
            raise RuntimeError(f"{name} shows another page: {_difference(bodies[OURS], body)}")


def _difference(one: bytes, other: bytes) -> Any:
    lines = zip(one.decode().splitlines(), other.decode().splitlines(), strict=False)
    return next(((a, b) for a, b in lines if a != b), "one ends earlier")


async def _rounds(found: Sequence[Server], place: Office, paths: Sequence[str], rounds: int) -> dict[str, Run]:
    """Each server once a round, the first one another each time; a round before them warms up."""
    runs: dict[str, Run] = {}
    for number in range(rounds + 1):
        if number <= 1:
            runs = {server.name: Run() for server in found}
        turn = number % len(found)
        for server in (*found[turn:], *found[:turn]):
            run, before = runs[server.name], spent(server, place.settings)
            seconds, whole = await asked(server, place.token, paths, AT_ONCE)
            run.rates.append(len(paths) / whole)
            run.seconds += seconds
            run.processor += spent(server, place.settings) - before
    return runs


def _throughput(ours: Run, peer: Run, name: str) -> Result:
    """The median of the rounds' ratios: both met the same load of the machine in a round."""
    ratio = round(statistics.median(a / b for a, b in zip(ours.rates, peer.rates, strict=True)), 2)
    wanted = WANTED[name]
    return Result(f"list of 50 cases beside {name}", ours.figures(), peer.figures(), ratio,
                  f"pages a second ≥ {wanted} ×", ratio >= wanted)  # fmt: skip


def _slowest(ours: Run, peer: Run) -> Result:
    ratio = round(percentile(ours.seconds, 0.99) / percentile(peer.seconds, 0.99), 2)
    mine, theirs = ({"p99_ms": run.figures()["p99_ms"]} for run in (ours, peer))
    return Result(f"slowest of a hundred beside {BARE}", mine, theirs, ratio, f"p99 ≤ {SLOWEST:g} ×", ratio <= SLOWEST)
