"""One firm never sees another: every route × person × kind of id, asked of the real application (trust.md §1)."""

from __future__ import annotations

from uuid import uuid4

import pytest
from httpx import Response
from litestar import Litestar
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from saas.kernel.config import Settings
from saas.kernel.db import Base
from tests.cast import ROLES
from tests.trust.addresses import Route, Watcher, firm_routes
from tests.trust.asking import Person, plain
from tests.trust.filling import mark_of
from tests.trust.headers import faults
from tests.trust.matrix import Learned, Matrix
from tests.trust.meanings import CONTROLS
from tests.trust.world import World

SOME = 5  # every fifth address is compared byte for byte in the short form too
NAMED_AT_MOST_WITHOUT_A_TABLE = 10  # ids of routes whose table the SQL does not tell


@pytest.fixture(scope="module")
def learned() -> Learned:
    """What the routes look for, learned once for all tests of this file."""
    return {}


@pytest.fixture
async def matrix(app: Litestar, world: World, persons: dict[str, Person], learned: Learned) -> Matrix:
    made = Matrix(world, persons, Watcher(app.state.database.engine), firm_routes(app), learned)
    if not learned:
        await made.learn_all()
    return made


async def test_every_page_opens_for_a_row_of_ours(matrix: Matrix) -> None:
    """The positive control: without it, a 404 for a stranger's id would prove nothing. And its headers are right."""
    wrong: dict[str, object] = {}
    for route in (route for route in matrix.routes if route.method == "GET"):
        answer = await matrix.ask("paula", route, matrix.ours(route))
        if answer.status_code != CONTROLS.get(route.path, 200):
            wrong[str(route)] = answer.status_code
        elif lacks := list(faults(answer)):
            wrong[f"{route}: headers"] = lacks
    assert wrong == {}
    unknown = [f"{route} {name}" for route in matrix.routes for name in route.ids if not matrix.table(route, name)]
    assert len(unknown) <= NAMED_AT_MOST_WITHOUT_A_TABLE, unknown


async def test_a_strangers_row_is_no_row(matrix: Matrix, settings: Settings) -> None:
    """By address, by query and by every id in a form: the answer of an id that does not exist, and nothing is kept.

    Forms are sent by everybody in turn who may: their rules refuse each role at another place.
    """
    faults = [fault for route in matrix.routes async for fault in matrix.strangers("paula", route)]
    for number, route in enumerate(route for route in matrix.routes if route.method == "POST"):
        able = [name for name in ROLES if matrix.may(name, route)]
        faults += [fault async for fault in matrix.hidden(able[number % len(able)], route)]
    assert faults == []
    assert set(await _crossed(settings, matrix.world)) <= {
        "audit_entries.subject_id"
    }  # what a denied attempt asked for


@pytest.mark.full
async def test_a_strangers_row_is_no_row_for_any_role(matrix: Matrix) -> None:
    faults = []
    for name in ROLES:
        for route in (route for route in matrix.routes if matrix.may(name, route)):
            faults += [fault async for fault in matrix.strangers(name, route)]
            faults += [fault async for fault in matrix.hidden(name, route)] if route.method == "POST" else []
    assert faults == []


async def test_who_may_not_is_told_so_before_anything_is_looked_for(matrix: Matrix) -> None:
    """Nobody signs in first; one who lacks the permission (another for each route) gets 403 for a stranger's row."""
    wrong = {}
    for number, route in enumerate(matrix.routes):
        answer = await matrix.ask("nobody", route, matrix.ours(route))
        if not answer.headers.get("location", "").startswith("/sign-in") and route.permission != "public":
            wrong[f"nobody {route}"] = answer.status_code
        without = [name for name in ROLES if not matrix.may(name, route)]
        if without:
            wrong |= await _not_refused(matrix, without[number % len(without)], route)
    assert wrong == {}


@pytest.mark.full
async def test_every_role_without_the_permission_is_refused(matrix: Matrix) -> None:
    wrong = {}
    for route in matrix.routes:
        for name in (name for name in ROLES if not matrix.may(name, route)):
            wrong |= await _not_refused(matrix, name, route)
    assert wrong == {}


async def _not_refused(matrix: Matrix, name: str, route: Route) -> dict[str, int]:
    answer = await matrix.ask(name, route, matrix.theirs(route))
    leaks = mark_of(matrix.world.cast.other_firm.id) in answer.text
    return {f"{name} {route}": answer.status_code} if answer.status_code != 403 or leaks else {}


async def test_for_the_owner_of_another_firm_ours_does_not_exist(matrix: Matrix) -> None:
    """Every address of our firm, with our rows in it, is the 404 of a firm that does not exist."""
    wrong = {}
    for number, route in enumerate(matrix.routes):
        there = await matrix.ask("otto", route, matrix.ours(route))
        if there.status_code != 404:
            wrong[str(route)] = there.status_code
        elif number % SOME == 0 and plain(there) != plain(await _nowhere(matrix, route)):
            wrong[f"{route}: its words"] = there.status_code
    assert wrong == {}


@pytest.mark.full
async def test_in_his_own_firm_our_rows_do_not_exist(matrix: Matrix) -> None:
    """The mirror: Otto, who may do everything in his firm, asks there for rows of ours."""
    wrong, mark, slug = {}, mark_of(matrix.world.cast.firm.id), matrix.world.cast.other_firm.slug
    for route in (route for route in matrix.routes if route.ids):
        answer = await matrix.ask("otto", route, matrix.ours(route), slug=slug)
        unknown = await matrix.ask("otto", route, dict.fromkeys(matrix.ours(route), uuid4()), slug=slug)
        if mark in answer.text or plain(answer) != plain(unknown):
            wrong[str(route)] = answer.status_code
    assert wrong == {}


async def _nowhere(matrix: Matrix, route: Route) -> Response:
    """The same address in a firm that nobody founded; its name is as long."""
    return await matrix.ask("otto", route, matrix.ours(route), slug=f"hengxi-{uuid4().hex[:10]}")


async def test_every_query_names_its_firm_itself(matrix: Matrix, settings: Settings) -> None:
    """Row security switched off in this copy: the pages still show our firm only, so each wall stands alone."""
    await _as_owner(settings, [f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY" for name in _firm_tables()])
    try:
        mark, faults = mark_of(matrix.world.cast.other_firm.id), []
        for route in _pages(matrix):
            ours, theirs = matrix.ours(route), matrix.theirs(route)
            for ids in [ours, *({**ours, name: theirs[name]} for name in ours)]:
                answer = await matrix.ask("paula", route, ids)
                if mark in answer.text:
                    faults.append(f"{route} {answer.status_code}: shows the other firm's words")
    finally:
        await _as_owner(settings, [f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY" for name in _firm_tables()])
    assert faults == []


def _pages(matrix: Matrix) -> list[Route]:
    return [route for route in matrix.routes if route.method == "GET"]


def _firm_tables() -> list[str]:
    return [table.name for table in Base.metadata.sorted_tables if "firm_id" in table.c]


async def _as_owner(settings: Settings, statements: list[str]) -> None:
    engine = create_async_engine(settings.database_url, poolclass=NullPool)
    async with engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()


async def _crossed(settings: Settings, world: World) -> list[str]:
    """Columns in which a row of ours names a row of theirs; found by a role that row security does not bind."""
    theirs = [str(row) for row in world.theirs.values()]
    engine, found = create_async_engine(settings.database_url, poolclass=NullPool), []
    async with engine.connect() as connection:
        for table in (t for t in Base.metadata.sorted_tables if "firm_id" in t.c):
            columns = [c.name for c in table.c if type(c.type).__name__ == "Uuid" and c.name not in ("id", "firm_id")]
            for name in columns:
                query = f"SELECT count(*) FROM {table.name} WHERE firm_id = :ours AND {name}::text = ANY (:theirs)"
                if await connection.scalar(text(query), {"ours": world.cast.firm.id, "theirs": theirs}):
                    found.append(f"{table.name}.{name}")
    await engine.dispose()
    return found
