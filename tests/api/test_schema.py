"""The description and what it promises, asked by a machine: schemathesis sends what the schema allows and forbids."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from litestar import Litestar
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from saas.api.document import REFUSALS, description
from saas.api.scopes import SCOPES
from saas.api.webhooks.events import EVENTS
from saas.app import create_app, routes
from saas.kernel.config import Settings
from saas.kernel.db import Database
from saas.kernel.problems import TITLES
from tests.api.conftest import ALL, EXAMPLE, a_token, listening
from tests.cast import make_cast
from tests.ledgers.importing import tea_house

DOCUMENT: dict[str, Any] = json.loads(description())
# Without `security`: every request here carries a token, so that leaving it out is no case of its own.
API = schemathesis.openapi.from_dict({name: part for name, part in DOCUMENT.items() if name != "security"})
OPERATIONS = {found.ok().label: found.ok() for found in API.get_all_operations()}
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
          negative_data_rejection]  # fmt: skip
QUICK, LONG = 5, 100  # examples of each operation, of what is allowed and of what is not


@pytest.fixture(scope="module")
def product(settings: Settings) -> Litestar:
    return create_app(settings)


@pytest.fixture(scope="module")
def spoken_to(settings: Settings, product: Litestar) -> Iterator[tuple[str, str, dict[str, str]]]:
    """The address of the listening product, a token that may do all, and ids that exist."""

    async def prepare() -> tuple[str, dict[str, str]]:
        database = Database(settings.app_database_url, pool_size=2)
        cast = await make_cast(database)
        client = await tea_house(cast)
        token = await a_token(cast, ALL, per_minute=6000)
        await database.close()
        return token, {"client_id": str(client.id)}

    token, ids = asyncio.run(prepare())
    with listening(product) as address:
        yield address, token, ids


def ask(spoken_to: tuple[str, str, dict[str, str]], label: str, count: int, *, known: bool) -> None:
    """So many requests of one operation, allowed ones and forbidden ones. With `known` the ids in the path exist."""
    address, token, ids = spoken_to
    operation = OPERATIONS[label]
    fixed = {name: ids[name] for name in ids if f"{{{name}}}" in operation.path} if known else {}
    described = DOCUMENT["paths"][operation.path][operation.method]
    to_break = {one["name"] for one in described.get("parameters", ())} - set(fixed) or "requestBody" in described
    for mode in (GenerationMode.POSITIVE, *([GenerationMode.NEGATIVE] if to_break else [])):

        @examples(max_examples=count, deadline=None, database=None, derandomize=count == QUICK,
                  phases=[Phase.generate], suppress_health_check=list(HealthCheck))  # fmt: skip
        @given(case=operation.as_strategy(generation_mode=mode, path_parameters=fixed or None))
        def send(case: Any) -> None:
            headers = {"authorization": f"Bearer {token}"}
            answer = case.call(base_url=address, headers=headers)
            case.validate_response(answer, headers=headers, checks=CHECKS)
            assert answer.status_code < 500

        send()


@pytest.mark.parametrize("label", OPERATIONS)
def test_the_api_does_what_its_description_says(spoken_to: tuple[str, str, dict[str, str]], label: str) -> None:
    ask(spoken_to, label, QUICK, known=True)


@pytest.mark.full
@pytest.mark.parametrize("label", OPERATIONS)
def test_it_does_so_for_hundreds_of_requests(spoken_to: tuple[str, str, dict[str, str]], label: str) -> None:
    ask(spoken_to, label, LONG, known=True)
    ask(spoken_to, label, LONG, known=False)


def test_every_route_of_the_api_is_described_with_its_refusals(product: Litestar) -> None:
    described = {(method.upper(), path) for path, operations in DOCUMENT["paths"].items() for method in operations}
    there = {
        (str(method), path.replace(":uuid", ""))
        for method, path, handler in routes(product)
        if path.startswith("/api/") and handler.opt["permission"] != "public"
    }
    assert described == there
    for operations in DOCUMENT["paths"].values():
        for operation in operations.values():
            assert {str(status) for status in REFUSALS} <= set(operation["responses"])
            assert operation["description"]


def test_the_description_asks_no_other_server() -> None:
    assert b"cdn" not in description().lower()
    assert DOCUMENT["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    push = DOCUMENT["paths"]["/api/v1/clients/{client_id}/imports"]["post"]
    assert "application/octet-stream" in push["requestBody"]["content"]
    assert {p["name"]: p["required"] for p in push["parameters"]}["Idempotency-Key"]


def test_the_page_for_programmers_knows_everything() -> None:
    text = (EXAMPLE.parents[1] / "API.md").read_text("utf-8")
    paths = {path.removeprefix("/api/v1") for path in DOCUMENT["paths"]}
    wanted = {*SCOPES, *EVENTS, *(str(status) for status in REFUSALS), *TITLES, *paths}
    assert {word for word in wanted if word not in text} == set()
