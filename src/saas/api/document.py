"""The router of the API and its description, which the framework draws from the handlers themselves."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from litestar import Litestar, Response, Router, get
from litestar.di import Provide
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Components, SecurityScheme, Server
from litestar.types import ControllerRouterHandler

from saas.api import pushing, reading
from saas.api.entrance import guard_parameters, guard_scope, say_limits
from saas.kernel.problems import MEDIA_TYPE, Problem
from saas.kernel.web import PUBLIC

BASE = "/api/v1"
VERSION = "1.0"
REFUSALS = {
    400: "The request could not be understood; `errors` names the parameter.",
    401: "No token, or one that is not in force.",
    403: "The token lacks the scope, or a rule refuses the deed.",
    404: "No such record of this firm.",
    409: "The record has moved on.",
    413: "The body is larger than 64 MB.",
    422: "Not taken; `detail` says why.",
    423: "The operator has suspended the firm; nothing is read or written.",
    429: "More requests in a minute than the token may send; see Retry-After.",
}
ABOUT = (
    "Push ledgers, and read what became of them. Every refusal is a problem (RFC 9457) with a sentence. "
    "Amounts are integer fen. POST needs an Idempotency-Key."
)


def describing() -> list[Any]:
    """The routes under the API's own address, guarded by scope."""
    refusals = {
        status: ResponseSpec(Problem, description=words, media_type=MEDIA_TYPE, generate_examples=False)
        for status, words in REFUSALS.items()
    }
    handlers: list[Any] = [*reading.ROUTES, *pushing.ROUTES]
    for handler in handlers:
        handler.responses = {**refusals, **(handler.responses or {})}
    return handlers


ROUTER = Router(BASE, route_handlers=describing(), guards=[guard_scope, guard_parameters], middleware=[say_limits])


async def _no_session() -> None:
    """The description asks nobody anything."""


@cache
def description() -> bytes:
    """The OpenAPI document as JSON."""
    config = OpenAPIConfig(
        title="清账 Qingzhang",
        version=VERSION,
        description=ABOUT,
        servers=[Server(url="/")],
        security=[{"token": []}],
        components=Components(
            security_schemes={"token": SecurityScheme(type="http", scheme="bearer", description="{firm code}.{secret}")}
        ),
        use_handler_docstrings=True,
    )
    app = Litestar([ROUTER], dependencies={"session": Provide(_no_session)}, openapi_config=config)
    found: dict[str, Any] = app.openapi_schema.to_schema()
    for operation in (operation for path in found["paths"].values() for operation in path.values()):
        for parameter in operation.get("parameters", ()):
            parameter["schema"] = _given(parameter["schema"])
    return msgspec.json.encode(found)


def _given(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter that may be left out is never null in an address: "null" would be a word like any other."""
    if "oneOf" in schema:
        kept = next(one for one in schema["oneOf"] if one.get("type") != "null")
        schema = {**{name: value for name, value in schema.items() if name != "oneOf"}, **kept}
    if isinstance(schema.get("type"), list):
        schema = {**schema, "type": next(kind for kind in schema["type"] if kind != "null")}
    if "enum" in schema:
        schema = {**schema, "enum": [value for value in schema["enum"] if value is not None]}
    return schema


@get(f"{BASE}/openapi.json", opt={"permission": PUBLIC}, include_in_schema=False)
async def openapi() -> Response[bytes]:
    """Public: it describes the product, not a firm."""
    return Response(description(), media_type="application/json")


ROUTES: list[ControllerRouterHandler] = [ROUTER, openapi]
