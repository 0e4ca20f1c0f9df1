"""The filled world, made once a session and cloned for every file of this folder."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest
from litestar import Litestar

from saas.kernel import embedded
from saas.kernel.config import Settings, activate
from saas.kernel.db import Database
from tests.conftest import in_database, own_database
from tests.trust.asking import Person, people
from tests.trust.world import World, make_world


@pytest.fixture(scope="session")
def made(base_settings: Settings, template: str) -> Iterator[tuple[str, World]]:
    """The name of a database with the world in it, which no test writes to."""
    name = f"world_{uuid4().hex[:12]}"
    embedded.create_database(base_settings, name, template)
    world = asyncio.run(make_world(activate(in_database(base_settings, name))))
    yield name, world
    embedded.drop_database(base_settings, name)


@pytest.fixture(scope="module")
def settings(base_settings: Settings, made: tuple[str, World]) -> Iterator[Settings]:
    """Settings of this file's own copy of the world."""
    with own_database(base_settings, made[0]) as own:
        yield own


@pytest.fixture
def world(made: tuple[str, World]) -> World:
    return made[1]


@pytest.fixture
async def persons(app: Litestar, world: World, database: Database) -> AsyncIterator[dict[str, Person]]:
    everyone = await people(app, world.cast, database)
    yield everyone
    await everyone["nobody"].http.aclose()
    await app.state.database.close()
