"""The addresses of the product, from its own router: what stands in them, and whose rows they name.

Which table an id belongs to is written down nowhere: the route is asked with an id that nobody has, and the SQL that it
sends is read. So a new route is in the matrix the moment it exists.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from saas.app import routes
from saas.kernel.db import Base
from tests.trust.meanings import QUERIES, WORDS

PARAMETER = re.compile(r"\{(\w+)(?::(\w+))?\}")
COMPARED = re.compile(r"(\w+)\.(\w+) = \$(\d+)")


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one address. `ids` are the names of its UUIDs, those of the path first, then those of the query."""

    method: str
    path: str
    permission: str
    ids: tuple[str, ...]
    handler: HTTPRouteHandler

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def at(self, slug: str, ids: Mapping[str, object], file: str = "") -> str:
        """The address with these ids. Words (a rule's code, a kind) come from WORDS, a file's hash is given."""

        def value(found: re.Match[str]) -> str:
            name = found[1]
            if name in ("slug", "firm_slug"):
                return slug
            if found[2] == "uuid":
                return str(ids[name])
            word = WORDS.get(f"{self.path} {name}") or WORDS.get(name) or "nothing"
            return file if name in ("digest", "sha256") else word

        inside = {name for name, _kind in PARAMETER.findall(self.path)}
        query = {name: str(ids[name]) for name in self.ids if name in ids and name not in inside}
        query |= QUERIES.get(self.path, {}) if self.method == "GET" else {}
        return PARAMETER.sub(value, self.path) + (f"?{urlencode(query)}" if query else "")


def all_routes(app: Litestar) -> list[Route]:
    """Every route but static files."""
    return [
        Route(str(method), path, str(handler.opt["permission"]), _ids(path, handler), handler)
        for method, path, handler in routes(app)
        if not path.startswith("/static")
    ]


def firm_routes(app: Litestar) -> list[Route]:
    return [route for route in all_routes(app) if route.path.startswith("/f/{slug")]


def _ids(path: str, handler: HTTPRouteHandler) -> tuple[str, ...]:
    in_path = [name for name, kind in PARAMETER.findall(path) if kind == "uuid"]
    asked = inspect.signature(handler.fn).parameters.values()
    in_query = [p.name for p in asked if "FromQuery" in str(p.annotation) and "UUID" in str(p.annotation)]
    return (*in_path, *in_query)


class Watcher:
    """Reads the SQL of an engine while it is asked: in which table an id was looked for."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.seen: list[tuple[str, Any]] = []
        self._engine = engine.sync_engine

    @contextmanager
    def watching(self) -> Iterator[None]:
        def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
            self.seen.append((statement, parameters))

        self.seen.clear()
        event.listen(self._engine, "before_cursor_execute", note)
        try:
            yield
        finally:
            event.remove(self._engine, "before_cursor_execute", note)

    def table_of(self, wanted: UUID) -> str:
        """The table whose key was compared with this id, or that a compared key points to; "" for none."""
        for statement, parameters in self.seen:
            places = {n for n, value in enumerate(parameters or (), 1) if str(value) == str(wanted)}
            for name, column, place in COMPARED.findall(statement):
                if int(place) in places and name in Base.metadata.tables:
                    table = Base.metadata.tables[name]
                    keys = table.c[column].foreign_keys if column in table.c else set()
                    return next((key.column.table.name for key in keys), name)
        return ""
