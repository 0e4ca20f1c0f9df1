"""Rows for every table of a firm, made from the tables themselves: whatever a module adds is filled too.

A real firm's rows come from real routes; here only their existence counts, so they are written by the owner of the
database past triggers and foreign keys. What a page must be able to read (a state, a kind, a document) stands in
MEANINGS; every other text carries the firm's mark, so that a leak shows in any answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from inspect import get_annotations
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Column, Table, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapper

from saas.app import composed
from saas.kernel import clock, tenancy
from saas.kernel.config import active
from saas.kernel.db import Base, Database, Fen, StoredText
from saas.kernel.files import store_of
from saas.kernel.i18n import Text
from saas.kernel.money import Money
from saas.refunds.policies import versions as policies
from tests.trust.meanings import COLUMNS, FILES, MEANINGS, PEOPLE

ONE_OF = re.compile(r"(\w+) IN \('([^']*)'")
STATES = {w.row.__tablename__: w.initial for w in composed.workflows.values()}
NOT_BEGUN = {"drills.begin"}  # a job of that name which begins no firm


def mark_of(firm_id: UUID) -> str:
    """What stands in every free text of this firm and nowhere else."""
    return f"mark{firm_id.hex[-12:]}"


def file_of(firm_id: UUID) -> bytes:
    """The bytes of the file that the firm's records list."""
    return f"{mark_of(firm_id)} in a file".encode()


@dataclass(slots=True)
class Filling:
    """One firm while it is filled: who may stand in its records, the file they list, and the rows made so far."""

    firm_id: UUID
    people: Mapping[str, UUID]  # members by part: author, second, third
    file: str = ""  # the hash of one stored file
    rows: dict[str, UUID] = field(default_factory=dict)  # one id of every table

    @property
    def mark(self) -> str:
        return mark_of(self.firm_id)

    def said(self, value: Any) -> Any:
        """What MEANINGS says, with this firm's mark and file in it."""
        if isinstance(value, str) and value == FILES:
            return [{"name": f"{self.mark}.txt", "sha256": self.file, "size": 1}]
        if isinstance(value, dict):
            return {key: self.said(part) for key, part in value.items()}
        return value.replace("MARK", self.mark) if isinstance(value, str) else value


def mappers() -> dict[str, Mapper[Any]]:
    """Every mapped table of a firm, by name."""
    found = {m.local_table.name: m for m in Base.registry.mappers if isinstance(m.local_table, Table)}
    return {t.name: found[t.name] for t in Base.metadata.sorted_tables if "firm_id" in t.c}


async def fill(database: Database, owner: Database, firm_id: UUID, people: Mapping[str, UUID]) -> dict[str, UUID]:
    """At least one row of every table; {table: the id of one row}. `owner` may pass triggers and row security."""
    filling = Filling(firm_id, people, await store_of(active()).put(firm_id, file_of(firm_id)))
    with tenancy.within(tenancy.firm(firm_id)):
        async with database.transaction() as session:  # what the product itself puts into a new firm
            await policies.begin(session)
            for job in composed.jobs.values():
                if job.name.endswith(".begin") and job.name not in NOT_BEGUN:
                    await job.run(session)
        async with owner.transaction() as session:
            await session.execute(text("SET LOCAL session_replication_role = replica"))
            for name, mapper in mappers().items():
                filling.rows[name] = await _one(session, mapper, filling)
    filling.rows["memberships"] = people["second"]  # who acts in the tests is never who leaves in one
    return filling.rows


async def without_checks(owner: Database) -> list[str]:
    """Take the CHECK constraints away, so that a new table's rule does not stop the filling; the way to put them back.

    Put back NOT VALID, they bind every row that is written from then on.
    """
    query = """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
               WHERE contype = 'c' AND connamespace = 'public'::regnamespace"""
    async with owner.transaction(tenancy.PLATFORM) as session:
        found = [tuple(row) for row in await session.execute(text(query))]
        for table, name, _rule in found:
            await session.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
    return [f"ALTER TABLE {table} ADD CONSTRAINT {name} {rule} NOT VALID" for table, name, rule in found]


async def _one(session: AsyncSession, mapper: Mapper[Any], filling: Filling) -> UUID:
    """A row that is there already (a firm begins filled), or a new one."""
    table = mapper.local_table
    key = next(c for c in table.primary_key if c.name != "firm_id" or len(table.primary_key) == 1)
    query = select(key).where(table.c.firm_id == filling.firm_id).order_by(key).limit(1)
    there = await session.scalar(query)
    if there is None:
        session.add(mapper.class_(**_values(mapper, filling)))
        await session.flush()
        there = await session.scalar(query)
    return there if isinstance(there, UUID) else uuid4()


def _values(mapper: Mapper[Any], filling: Filling) -> dict[str, Any]:
    table = mapper.local_table
    said = {**_allowed(table), **COLUMNS.get(table.name, {})}
    values: dict[str, Any] = {"firm_id": filling.firm_id}
    for name, column in ((name, table.c[prop.name]) for name, prop in mapper.columns.items()):
        if name in said:
            values[name] = filling.said(said[name])
        elif name in ("firm_id", "id"):
            continue
        elif name == "state" and table.name in STATES:
            values[name] = STATES[table.name]
        elif target := next((key.column.table.name for key in column.foreign_keys), ""):
            values[name] = _reference(column, target, filling)
        elif "sha256" in name:
            values[name] = filling.file
        elif not column.nullable and column.default is None and column.server_default is None:
            values[name] = _plain(mapper, name, column, filling)
    return values


def _allowed(table: Table) -> dict[str, str]:
    """The first value that a CHECK of the kind `kind IN ('a', 'b')` lists."""
    checks = [str(c.sqltext) for c in table.constraints if isinstance(c, CheckConstraint)]
    return {name: value for check in checks for name, value in ONE_OF.findall(check) if name in table.c}


def _reference(column: Column[Any], target: str, filling: Filling) -> UUID | None:
    if target == "memberships":
        wanted = not column.nullable or column.name in PEOPLE
        return filling.people[PEOPLE.get(column.name, "author")] if wanted else None
    return None if target == column.table.name else filling.rows.get(target)


def _plain(mapper: Mapper[Any], name: str, column: Column[Any], filling: Filling) -> Any:
    kind, mark, now = column.type, filling.mark, clock.now()
    if isinstance(kind, Fen):
        return Money(12_345)
    if isinstance(kind, StoredText):
        return Text(mark)
    python = _annotation(mapper, name) if _is_json(column) else kind.python_type
    if name in MEANINGS and isinstance(MEANINGS[name], python):
        return filling.said(MEANINGS[name])
    person = name.endswith("_by") or name == "member_id"
    made: dict[Any, Any] = {
        UUID: filling.people["author"] if person else _subject(mapper.local_table.name, name, filling),
        str: mark[: getattr(kind, "length", None)],
        int: 1,
        float: 0.5,
        bool: True,
        date: now.date() + timedelta(30),
        datetime: now - timedelta(hours=1),
        dict: {"zh": mark, "en": mark},
        list: [],
    }
    return made[python] if python in made else python(1)


def _subject(table: str, name: str, filling: Filling) -> UUID:
    """What a record without a key is about: the case where it speaks of a subject of that kind, else the client."""
    of_case = name == "subject_id" and COLUMNS.get(table, {}).get("subject_kind", "case") == "case"
    return filling.rows.get("cases" if of_case else "clients", filling.rows.get("clients", filling.firm_id))


def _is_json(column: Column[Any]) -> bool:
    return type(column.type).__name__ in ("JSONB", "StoredRejects", "StoredRemarks", "ARRAY")


def _annotation(mapper: Mapper[Any], name: str) -> type:
    """list or dict, as the model says."""
    said = next((str(notes[name]) for c in mapper.class_.__mro__ if name in (notes := get_annotations(c))), "")
    return list if "list[" in said else dict
