"""A firm's rows as a stream, parents before children, and the same rows again as those of another firm.

Which tables there are, what refers to what and what is bound to its place is read from the tables themselves: a table
with `info={"stays": True}` is never taken (promised jobs, links, the audit trail, invitations), a column with
`info={"global": True}` holds an id that belongs to no firm (a person's), one with `info={"sealed": name}` a field
encrypted for "{firm}:{table}.{name}:{row}", one with `info={"mark_of": column}` the fingerprint of such a field.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import tenancy
from saas.kernel.db import Base

PORTION = 2000  # rows
CLIENTS = "clients"


@dataclass(frozen=True, slots=True)
class Selection:
    """What is taken of a firm: all tables but `leave`, and of its clients these with all that is theirs (None: all)."""

    leave: frozenset[str] = frozenset()
    clients: frozenset[UUID] | None = None


@dataclass(frozen=True, slots=True)
class Portion:
    """Some rows of one table, as the driver gives them: ids, times and numbers as such, JSON as text."""

    table: Table
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Survey:
    """The ids of the rows that are taken, by table. Tables nobody refers to and without keys of their own are not
    listed: of them every row of the selected clients is taken."""

    kept: Mapping[str, AbstractSet[UUID]]
    every: AbstractSet[UUID] = field(default_factory=set)

    def takes(self, table: str, row_id: UUID) -> bool:
        return table not in self.kept or row_id in self.kept[table]


def firm_tables() -> list[Table]:
    """Every table whose rows belong to firms, parents before children."""
    return [table for table in Base.metadata.sorted_tables if "firm_id" in table.c]


def taken_tables(selection: Selection) -> list[Table]:
    """Those of them that can be taken to another place."""
    return [t for t in firm_tables() if t.name not in selection.leave and not t.info.get("stays")]


async def survey(session: AsyncSession, selection: Selection) -> Survey:
    """Which rows of the current firm are taken: without a row goes nothing that belongs to it."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    tables = [table for table in taken_tables(selection) if not _is_leaf(table)]
    driver = await driver_of(session)
    for table in tables:
        names = ", ".join(f'"{name}"' for name in _ties(table))
        found[table.name] = await driver.fetch(
            f'SELECT {names} FROM "{table.name}" WHERE firm_id = $1',  # noqa: S608 - names of our own tables
            tenancy.current_firm_id(),
        )
    kept = _closed(tables, found, selection, None)
    if selection.clients is not None:
        kept = _closed(tables, found, selection, set().union(*kept.values()))
    every: set[UUID] = set().union(*kept.values()) if kept else set()
    absent = {t.name: frozenset[UUID]() for t in firm_tables() if t.name not in kept and not _is_leaf(t)}
    return Survey({**absent, **kept}, every)


async def export(
    session: AsyncSession, table: Table, selection: Selection, known: Survey, size: int = PORTION
) -> AsyncIterator[Portion]:
    """The rows of one table that are taken, a portion at a time; inside one transaction."""
    names = tuple(column.name for column in table.columns if column.identity is None and column.computed is None)
    listed = ", ".join(f'"{name}"::text AS "{name}"' if is_json(table.c[name]) else f'"{name}"' for name in names)
    query = f'SELECT {listed} FROM "{table.name}" WHERE firm_id = $1'  # noqa: S608 - names of our own tables
    args: list[Any] = [tenancy.current_firm_id()]
    if selection.clients is not None and _is_leaf(table):
        query += " AND client_id = ANY($2)"
        args.append(list(selection.clients))
    elif not _is_leaf(table) and not known.kept[table.name]:
        return
    cursor = await (await driver_of(session)).cursor(query, *args)
    place = names.index("id")
    while batch := await cursor.fetch(size):
        rows = [row for row in batch if known.takes(table.name, row[place])]
        if rows:
            yield Portion(table, names, rows)


async def driver_of(session: AsyncSession) -> Any:
    """The driver's own connection, for what SQLAlchemy has no words for: cursors and COPY."""
    await session.flush()
    raw = await (await session.connection()).get_raw_connection()
    return raw.driver_connection


def parents(table: Table) -> dict[str, Table]:
    """The columns that are keys of other firm rows, and whose."""
    return {
        name: key.referred_table
        for key in table.foreign_key_constraints
        for name in key.column_keys
        if name != "firm_id" and "firm_id" in key.referred_table.c
    }


def is_json(column: Column[Any]) -> bool:
    """Whether the driver gives and takes this column as JSON text."""
    return isinstance(getattr(column.type, "impl", column.type), JSONB)


def _is_leaf(table: Table) -> bool:
    """Rows in bulk, such as ledger lines: their client decides alone."""
    referred = any(table in parents(other).values() for other in firm_tables())
    return not referred and not parents(table) and "client_id" in table.c and "subject_id" not in table.c


def _ties(table: Table) -> list[str]:
    """What decides whether a row is taken: itself, its keys, its client and the record it is about."""
    soft = [name for name in ("client_id", "subject_id") if name in table.c]
    return list(dict.fromkeys(["id", *parents(table), *soft]))


def _closed(
    tables: Sequence[Table],
    found: Mapping[str, Sequence[Sequence[Any]]],
    selection: Selection,
    subjects: AbstractSet[UUID] | None,
) -> dict[str, set[UUID]]:
    """Parents before children: a row stays where everything it cannot do without stays."""
    kept: dict[str, set[UUID]] = {}
    for table in tables:
        ties, keys = _ties(table), parents(table)
        needs = [(i, keys[n].name) for i, n in enumerate(ties) if n in keys and not table.c[n].nullable]
        client = ties.index("client_id") if "client_id" in ties and selection.clients is not None else None
        subject = ties.index("subject_id") if "subject_id" in ties and subjects is not None else None
        kept[table.name] = {
            row[0]
            for row in found[table.name]
            if all(row[i] in kept.get(name, ()) for i, name in needs)
            and (client is None or row[client] is None or row[client] in (selection.clients or ()))
            and (subject is None or subjects is None or row[subject] is None or row[subject] in subjects)
            and (table.name != CLIENTS or selection.clients is None or row[0] in selection.clients)
        }
    return kept
