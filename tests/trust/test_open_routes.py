"""A route that says neither whose it is nor that it is public does not start."""

from __future__ import annotations

import pytest
from litestar import Litestar, get

from saas.app import _refuse_open_routes


@get("/forgotten-route")
async def forgotten() -> str:
    return "open to everybody"


@get("/declared-route", opt={"permission": "public"})
async def declared() -> str:
    return "meant to be"


def test_a_route_without_a_permission_does_not_start() -> None:
    _refuse_open_routes(Litestar([declared], openapi_config=None))
    with pytest.raises(RuntimeError, match="GET /forgotten-route"):
        _refuse_open_routes(Litestar([declared, forgotten], openapi_config=None))
