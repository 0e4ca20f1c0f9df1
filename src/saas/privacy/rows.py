"""A firm's rows in open formats: CSV for people and spreadsheets, JSON for machines; one table at a time."""

from __future__ import annotations

import csv
import re
from collections.abc import AsyncIterator, Container
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import String, Table, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import tenancy
from saas.kernel.audit import AuditEntry
from saas.kernel.copying import driver_of, firm_tables, is_json
from saas.kernel.db import Fen
from saas.kernel.secrets import deployed
from saas.kernel.spreadsheets import harmless

PORTION = 2000  # rows
SHA256 = re.compile(r"\b[0-9a-f]{64}\b")
BOM = "\ufeff"  # so that spreadsheets read the Chinese


@dataclass(slots=True)
class Written:
    """One table as it was written: how many rows, and which files they name."""

    table: str
    rows: int = 0
    files: dict[str, list[str]] = field(default_factory=dict)  # sha256: the rows that name it


async def rows_of(session: AsyncSession, table: Table) -> AsyncIterator[dict[str, Any]]:
    """The current firm's rows, encrypted fields opened: whoever may call this has proved to be the owner."""
    names = [column.name for column in table.columns if column.computed is None and column.name != "firm_id"]
    listed = ", ".join(f'"{name}"::text AS "{name}"' if is_json(table.c[name]) else f'"{name}"' for name in names)
    order = ", ".join(f'"{c.name}"' for c in table.primary_key.columns)
    query = f'SELECT {listed} FROM "{table.name}" WHERE firm_id = $1 ORDER BY {order}'  # noqa: S608 - our own names
    cursor = await (await driver_of(session)).cursor(query, tenancy.current_firm_id())
    json = [name for name in names if is_json(table.c[name])]
    sealed = {name: table.c[name].info["sealed"] for name in names if "sealed" in table.c[name].info}
    cipher = deployed()
    while batch := await cursor.fetch(PORTION):
        for row in batch:
            value = dict(row)
            for name in json:
                value[name] = msgspec.json.decode(value[name]) if value[name] is not None else None
            for name, field_name in sealed.items():
                context = f"{tenancy.current_firm_id()}:{table.name}.{field_name}:{value['id']}"
                value[name] = cipher.decrypt(value[name], context) if value[name] else value[name]
            yield value


async def write(session: AsyncSession, table: Table, as_csv: Path, as_json: Path, held: Container[str]) -> Written:
    """Both files of one table, and which rows name one of the `held` files.

    Cells that a spreadsheet would run as a formula are made harmless in the CSV.
    """
    names = [column.name for column in table.columns if column.computed is None and column.name != "firm_id"]
    written = Written(table.name)
    with as_csv.open("w", encoding="utf-8", newline="") as sheet, as_json.open("wb") as list_:
        sheet.write(BOM)
        lines = csv.writer(sheet)
        lines.writerow(names)
        list_.write(b"[")
        async for row in rows_of(session, table):
            whole = msgspec.json.encode(row, enc_hook=str)
            list_.write((b",\n" if written.rows else b"\n") + whole)
            lines.writerow([_cell(row[name]) for name in names])
            for digest in sorted(set(SHA256.findall(whole.decode()))):
                if digest in held:
                    written.files.setdefault(digest, []).append(f"{table.name}/{row['id']}")
            written.rows += 1
        list_.write(b"\n]\n")
    return written


async def named_in(session: AsyncSession, digests: AbstractSet[str]) -> set[str]:
    """Those of the files that a row of the current firm still names; the audit trail names many and needs none."""
    found: set[str] = set()
    pattern = "|".join(sorted(digests))
    for table in firm_tables() if digests else ():
        columns = [c for c in table.columns if is_json(c) or c.name.endswith("sha256")]
        if not columns or table.name == AuditEntry.__tablename__:
            continue
        words = func.concat_ws(" ", *(cast(c, String) for c in columns))
        query = select(words).where(table.c.firm_id == tenancy.current_firm_id(), words.regexp_match(pattern))
        found |= {digest for row in await session.scalars(query) for digest in SHA256.findall(row)}
    return found & digests


def columns(table: Table) -> list[dict[str, str]]:
    """What the index says of each column: its kind, and fen where an amount is counted in hundredths of a yuan."""
    return [
        {
            "name": column.name,
            "type": "fen" if isinstance(column.type, Fen) or column.name.endswith("_fen") else str(column.type).lower(),
        }
        for column in table.columns
        if column.computed is None and column.name != "firm_id"
    ]


def _cell(value: Any) -> Any:
    if isinstance(value, (dict, list)):
        return msgspec.json.encode(value).decode()
    if isinstance(value, (str, int, float)) or value is None:
        return harmless(value) if isinstance(value, str) else value
    return str(value) if isinstance(value, UUID) else value
