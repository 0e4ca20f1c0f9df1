"""A token of the tests' firm, another program's requests, and the product listening on a real port."""

from __future__ import annotations

import asyncio
import importlib.util
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest
import uvicorn
from httpx import Response
from litestar import Litestar
from litestar.testing import AsyncTestClient

from saas.api import tokens
from saas.api.scopes import SCOPES
from saas.app import create_app
from saas.clients.models import Client
from saas.kernel import clock
from saas.kernel.config import Settings
from tests.cast import Cast
from tests.ledgers.importing import tea_house

ALL = tuple(SCOPES)
EXAMPLE = Path(__file__).parents[2] / "docs" / "api" / "push_ledgers.py"


def example() -> ModuleType:
    """The client of the documentation, loaded as whoever copies it would."""
    spec = importlib.util.spec_from_file_location("push_ledgers", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass(slots=True)
class Program:
    """Another program with its token."""

    client: AsyncTestClient[Litestar]
    token: str
    headers: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, **wanted: Any) -> Response:
        return await self.client.get(f"/api/v1{path}", params=wanted, headers=self._headers())

    async def post(self, path: str, key: str = "", **given: Any) -> Response:
        headers = self._headers() | {"idempotency-key": key or str(uuid4())}
        return await self.client.post(f"/api/v1{path}", headers=headers, **given)

    async def push(self, client: Client, text: str, name: str = "序时账.csv", key: str = "") -> Response:
        path = f"/clients/{client.id}/imports"
        return await self.post(path, key, params={"file_name": name}, content=text.encode())

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}", "accept-language": "en", **self.headers}


async def a_token(cast: Cast, scopes: Sequence[str] = ALL, *, otto: bool = False, per_minute: int = 600) -> str:
    """A token's text, made as the settings page makes it."""
    firm, owner = (cast.other_firm, cast.otto) if otto else (cast.firm, cast.paula)
    async with cast.transaction(otto=otto) as session:
        _row, text = await tokens.make(
            session, firm.code, owner, clock.now(), name=f"金蝶 {uuid4().hex[:8]}", scopes=scopes, days=90,
            per_minute=per_minute,
        )  # fmt: skip
    return text


@pytest.fixture
def program(client: AsyncTestClient[Litestar]) -> Callable[[str], Program]:
    return lambda token: Program(client, token)


@pytest.fixture
async def tea(cast: Cast) -> Client:
    return await tea_house(cast)


@contextmanager
def listening(product: Litestar) -> Iterator[str]:
    """The product in a thread of its own, as a server has it; its address."""
    server = uvicorn.Server(uvicorn.Config(product, port=0, log_level="error", lifespan="on"))
    server.config.load()
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        thread.join(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
async def address(settings: Settings, cast: Cast) -> AsyncIterator[str]:
    with listening(create_app(settings)) as url:
        yield url
