"""Very many rows of a table in one statement, written past triggers and row security by the owner of the database."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection


async def insert(
    connection: AsyncConnection, model: Any, columns: Mapping[str, str], source: str, given: Mapping[str, Any]
) -> None:
    """`columns` are SQL expressions over `source` (what stands after FROM); a column not named gets its default.

    `given` are the values of the :names in both; those a statement does not name are left out.
    """
    table = model.__table__
    named = {**{c.name: default(c) for c in table.c if not c.nullable}, **columns}
    into = f"INSERT INTO {table.name} ({', '.join(map(_quoted, named))})"
    sql = f"{into} SELECT {', '.join(named.values())} FROM {source}"  # noqa: S608 — our own words, no input
    names = re.findall(r"(?<!:):(\w+)", sql)
    await connection.execute(text(sql), {name: given[name] for name in names})


def default(column: Any) -> str:
    """What the model would write there, as SQL; an id is made by the database."""
    if column.name == "id":
        return "gen_random_uuid()"
    value = column.default.arg if column.default is not None else None
    if callable(value):
        value = {"dict": {}, "list": []}.get(getattr(value, "__name__", ""), "")
    if value is None and isinstance(column.type, JSONB):
        value = []
    if isinstance(value, (dict, list)):
        return f"'{json.dumps(value)}'::jsonb"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else f"'{value or ''}'"


def _quoted(name: str) -> str:
    return f'"{name}"'
