"""Sandboxes: filled with another firm's rows under new ids, and erased so that nothing is left.

Only firms of this kind: the database itself refuses any other (guards.sql).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Table, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Text as TextType

from saas.kernel import tenancy
from saas.kernel.config import active
from saas.kernel.copying import Portion, Selection, driver_of, export, is_json, parents, survey, taken_tables
from saas.kernel.db import acting_in
from saas.kernel.files import store_of
from saas.kernel.identities import Identities, moved
from saas.kernel.secrets import deployed

Tell = Callable[[int, int, str], Awaitable[None]]  # tables done, tables in all, the one that was just copied

GUARDED = text(
    "SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
    " WHERE NOT t.tgisinternal AND t.tgtype & 4 > 0"  # 4: fires on INSERT
)
FILL = text("SELECT fill_sandbox(:sandbox, :target, :columns, :incoming)").bindparams(
    bindparam("columns", type_=ARRAY(TextType)), bindparam("incoming", type_=TextType)
)
OF_FIRMS = text(
    "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'firm_id'"
    " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT a.attisdropped ORDER BY 1"
)


class DanglingError(RuntimeError):
    """A copied row refers to one that was not copied: a fault of ours, and the copy is given up."""


async def fill(
    session: AsyncSession, target: UUID, selection: Selection, tell: Tell, *, strangers: bool = False
) -> tuple[Identities, dict[str, int]]:
    """Copy the current firm's rows into the sandbox `target`, in this transaction; the new ids, and rows by table.

    Files are not copied: the sandbox reads those of the firm it comes from until it has its own. With `strangers` its
    members are nobody's: the people of this firm do not become people of the sandbox.
    """
    ids = Identities(tenancy.current_firm_id(), target, strangers)
    known, cipher = await survey(session, selection), deployed()
    guarded = set((await session.scalars(GUARDED)).all())
    tables, counts = taken_tables(selection), {}
    for done, table in enumerate(tables):
        put = _through_the_door if table.name in guarded else _in_bulk
        copied = 0
        async for portion in export(session, table, selection, known):
            rows = moved(portion, ids, known, cipher)
            await put(session, target, portion, rows, first=copied == 0)
            copied += len(rows)
        if copied and table.name not in guarded:
            await _take_in(session, target, table)
        if copied:
            counts[table.name] = copied
            await tell(done + 1, len(tables), str(table.name))
    await _check_keys(session, target, [t for t in tables if t.name in guarded and t.name in counts])
    await store_of(active()).borrow(target, ids.source)
    return ids, counts


async def erase(session: AsyncSession, sandbox: UUID) -> dict[str, int]:
    """Delete every row of a sandbox, whatever guards them elsewhere; how many, by table."""
    async with acting_in(session, tenancy.firm(sandbox)):
        erased: dict[str, int] = await session.scalar(
            text("SELECT erase_sandbox(:sandbox)").columns(erase_sandbox=JSONB), {"sandbox": sandbox}
        )
    return erased


async def left(session: AsyncSession, sandbox: UUID) -> dict[str, int]:
    """The rows of a firm that are still there, for every table of the database that has any firm's rows."""
    names = (await session.scalars(OF_FIRMS)).all()
    parts = " UNION ALL ".join(
        f"SELECT '{name}', count(*) FROM \"{name}\" WHERE firm_id = :sandbox"  # noqa: S608 - names from the catalogue
        for name in names
    )
    async with acting_in(session, tenancy.firm(sandbox)):
        return {str(name): int(n) for name, n in (await session.execute(text(parts), {"sandbox": sandbox})).all()}


async def _in_bulk(
    session: AsyncSession, target: UUID, portion: Portion, rows: list[list[Any]], *, first: bool
) -> None:
    """By COPY into a temporary table, as COPY does not serve tables with row security."""
    if first:
        await session.execute(text(f'CREATE TEMP TABLE incoming (LIKE "{portion.table.name}") ON COMMIT DROP'))
    driver = await driver_of(session)
    await driver.copy_records_to_table("incoming", records=rows, columns=list(portion.columns), schema_name="pg_temp")


async def _take_in(session: AsyncSession, target: UUID, table: Table) -> None:
    listed = ", ".join(f'"{column.name}"' for column in table.columns)
    async with acting_in(session, tenancy.firm(target)):
        await session.execute(
            text(f'INSERT INTO "{table.name}" ({listed}) SELECT {listed} FROM pg_temp.incoming')  # noqa: S608 - own names
        )
    await session.execute(text("DROP TABLE pg_temp.incoming"))


async def _through_the_door(
    session: AsyncSession, target: UUID, portion: Portion, rows: list[list[Any]], *, first: bool
) -> None:
    """Past the guards of its table, which look at the order in which things were once done."""
    json = {name for name in portion.columns if is_json(portion.table.c[name])}
    written = [
        {
            n: msgspec.Raw(v.encode()) if n in json and v is not None else v
            for n, v in zip(portion.columns, row, strict=True)
        }
        for row in rows
    ]
    incoming = msgspec.json.encode(written).decode()
    given = {"sandbox": target, "target": portion.table.name, "columns": list(portion.columns), "incoming": incoming}
    await session.execute(FILL, given)


async def _check_keys(session: AsyncSession, target: UUID, tables: list[Table]) -> None:
    """What came past the guards came past the keys too: they are checked here."""
    async with acting_in(session, tenancy.firm(target)):
        for table in tables:
            for name, parent in parents(table).items():
                dangling = await session.scalar(
                    text(
                        f'SELECT count(*) FROM "{table.name}" c LEFT JOIN "{parent.name}" p'  # noqa: S608 - own names
                        f' ON p.firm_id = c.firm_id AND p.id = c."{name}"'
                        f' WHERE c.firm_id = :target AND c."{name}" IS NOT NULL AND p.id IS NULL'
                    ),
                    {"target": target},
                )
                if dangling:
                    raise DanglingError(f"{dangling} rows of {table.name} refer by {name} to no {parent.name}")
