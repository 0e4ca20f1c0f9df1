"""`saas bench growth`: pages of one firm while its database holds ever more other firms, each with its own past."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from saas.bench.history import EACH, MEMBER, Size, write
from saas.bench.office import Office, office, servers
from saas.bench.outcome import Result
from saas.bench.pages.measuring import fill
from saas.bench.rows import insert
from saas.bench.serving import Server, asked, servers_of, spent
from saas.firms.models import FirmProfile, Notification
from saas.identity.models import Membership
from saas.kernel import embedded
from saas.kernel.config import Settings, settings_from
from saas.kernel.directory import Firm
from saas.tasks.models import Task

PAGES = {"list of cases": "/cases", "my work": "/work", "clients": "/clients"}
ASKED = 10  # times in a turn
NEAR = 1.10  # of the page in the smallest database
OTHERS = Size(20, 20, 5)  # what each other firm has; ten members beside it
Rows = Sequence[tuple[Any, dict[str, str]]]
TEXT = """'{"msgid": "x", "params": {}}'::jsonb"""
FIRMS: Rows = (
    (Firm, {"id": "f", "slug": "'b' || n", "code": "'b' || n", "name": "'测量' || n", "created_at": "now()"}),
    (FirmProfile, {"firm_id": "f", "id": "f", "name": "'测量' || n"}),
)
PEOPLE: Rows = (
    (Membership, {"firm_id": "f", "id": MEMBER, "person_id": "gen_random_uuid()", "name": "'人员' || n",
                  "email": "n || '@bench.example'", "roles": """'["bookkeeper"]'::jsonb""", "joined_at": "now()"}),
    (Task, {"firm_id": "f", "workflow": "'case'", "subject_kind": "'case'", "subject_id": "gen_random_uuid()",
            "title": TEXT, "step": TEXT, "url": "'/'", "assignee_id": MEMBER, "created_at": "now()"}),
    (Notification, {"firm_id": "f", "member_id": MEMBER, "kind": "'x'", "text": TEXT, "url": "'/'",
                    "created_at": "now()"}),
)  # fmt: skip


@dataclass(slots=True)
class Run:
    """What one page took in one database."""

    seconds: list[float] = field(default_factory=list)
    medians: list[float] = field(default_factory=list)  # of each turn
    processor: float = 0.0

    def figures(self) -> dict[str, float]:
        return {
            "p50_ms": round(statistics.median(self.seconds) * 1000, 2),
            "processor_ms": round(self.processor * 1000 / len(self.seconds), 2),
        }


def measure(sizes: Sequence[int], rounds: int) -> list[Result]:
    """Each page in each database in turn; the smallest database is the peer of the others."""
    with servers() as settings:
        return asyncio.run(_measure(settings, sorted(sizes), rounds))


async def _measure(settings: Settings, sizes: Sequence[int], rounds: int) -> list[Result]:
    places: list[Office] = []
    found: list[Server] = []
    async with AsyncExitStack() as offices:
        with ExitStack() as webs:
            for size in sizes:
                own = _own_database(settings, f"growth_{size}")
                place = await offices.enter_async_context(office(own))
                await _furnish(place, size)
                programs = {f"{size} firms": ("asgi", "saas.app:create_app")}
                [server] = webs.enter_context(servers_of(own, programs, own.database_url))
                places.append(place)
                found.append(server)
            runs = await _rounds(found, places, rounds)
    return [
        _result(name, sizes, at, [of_page[name] for of_page in runs]) for name in PAGES for at in range(1, len(sizes))
    ]


def _own_database(settings: Settings, name: str) -> Settings:
    embedded.create_database(settings, name)
    url = make_url(settings.database_url).set(database=name).render_as_string(hide_password=False)
    given = {"SAAS_ENV": "test", "SAAS_DATA_DIR": str(settings.data_dir), "SAAS_SECRET_KEY": settings.secret_key}
    return settings_from(given | {"SAAS_DATABASE_URL": url.replace("+asyncpg", "")})


async def _furnish(place: Office, size: int) -> None:
    """Sixty cases for the firm that is measured, and so many firms in all."""
    await fill(place, 60)
    others = [uuid5(UUID(int=0), f"growth {number}") for number in range(size - 1)]
    if not others:
        return
    engine = create_async_engine(place.settings.database_url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        for model, columns in FIRMS:
            numbered = "unnest(CAST(:firms AS uuid[])) WITH ORDINALITY AS given(f, n)"
            await insert(connection, model, columns, numbered, {"firms": others})
        for model, columns in PEOPLE:
            await insert(connection, model, columns, EACH, {"firms": others, "count": 10})
    await engine.dispose()
    await write(place.settings, others, OTHERS)


async def _rounds(found: Sequence[Server], places: Sequence[Office], rounds: int) -> list[dict[str, Run]]:
    """By database, then by page; a round before the others warms up."""
    runs: list[dict[str, Run]] = []
    for number in range(rounds + 1):
        if number <= 1:
            runs = [{name: Run() for name in PAGES} for _server in found]
        order = [*range(number % len(found), len(found)), *range(number % len(found))]
        for name, path in PAGES.items():
            for at in order:
                server, place, run = found[at], places[at], runs[at][name]
                before = spent(server, place.settings)
                seconds, _whole = await asked(server, place.token, [f"/f/{place.firm.slug}{path}"] * ASKED, 1)
                run.processor += spent(server, place.settings) - before
                run.seconds += seconds
                run.medians.append(statistics.median(seconds))
    return runs


def _result(name: str, sizes: Sequence[int], at: int, runs: Sequence[Run]) -> Result:
    ratio = round(statistics.median(a / b for a, b in zip(runs[at].medians, runs[0].medians, strict=True)), 3)
    case = f"{name} among {sizes[at]:,} firms, beside {sizes[0]:,}"
    return Result(case, runs[at].figures(), runs[0].figures(), ratio, f"≤ {NEAR} ×", ratio <= NEAR)
