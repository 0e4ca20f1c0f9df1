"""`saas keys`: a new SAAS_SECRET_KEY seals every field again, and the roles get the passwords derived from it.

The former secret stands in SAAS_FORMER_SECRET_KEYS meanwhile: what it sealed can be opened with it, so pages and jobs
go on. What is sealed says so itself, as `info={"sealed": name}` of its column (kernel/copying.py).
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import typer
from sqlalchemy import Column, Connection, LargeBinary, Table, insert, select, text, tuple_, update
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from saas.kernel import clock
from saas.kernel.access import SYSTEM
from saas.kernel.audit import AuditEntry
from saas.kernel.config import Settings, settings_from
from saas.kernel.db import Base
from saas.kernel.identifiers import uuid7
from saas.kernel.schema import ensure_roles
from saas.kernel.secrets import FieldCipher, Sealed, key_id

BATCH = 500
Line = Any  # a row of the columns that were asked for
# Mails that are on their way carry links made from the secret; the database has the hash of what was promised.
WAITING = "SELECT count(*) FROM deliveries WHERE status IN ('queued', 'sending', 'uncertain')"


@dataclass(frozen=True, slots=True)
class Place:
    """A column whose values are sealed, and the columns with fingerprints of them."""

    table: Table
    column: Column[Any]
    marks: tuple[Column[Any], ...]

    @property
    def key(self) -> list[Column[Any]]:
        return list(self.table.primary_key.columns)

    def context(self, row: Line, *, of_row: bool = True) -> str:
        """What a value is bound to: "{firm}:{table}.{name}:{row}", without the firm where rows belong to none."""
        name = f"{self.table.name}.{self.column.info['sealed']}"
        firm = f"{row.firm_id}:" if "firm_id" in self.table.c else ""
        return f"{firm}{name}:{row.id}" if of_row else f"{firm}{name}"


@dataclass(slots=True)
class Rotation:
    """`again` fields were sealed again, `current` already were; `shut` opens with none of the secrets."""

    again: Counter[str]
    current: Counter[str]
    shut: list[str]


class StillOnTheirWayError(RuntimeError):
    """Mails would leave with links that do not open."""


def register(app: typer.Typer) -> None:
    keys = typer.Typer(name="keys", no_args_is_help=True, help="The secret that fields are sealed under.")

    @keys.command("rotate", help="Seal every field under SAAS_SECRET_KEY that one of SAAS_FORMER_SECRET_KEYS sealed.")
    def rotate() -> None:
        try:
            _say(asyncio.run(rotated(settings_from())))
        except StillOnTheirWayError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from None

    @keys.command("status", help="Which secrets are still needed to open what is sealed; nothing is changed.")
    def status() -> None:
        settings = settings_from()
        for key, number in sorted(asyncio.run(needed(settings)).items()):
            mark = "SAAS_SECRET_KEY" if key == key_id(settings.secret_key) else "a former secret"
            typer.echo(f"{key}  {number} fields  {mark}")

    app.add_typer(keys)


def places() -> Iterator[Place]:
    """Every sealed column of the product."""
    import saas.app  # noqa: F401 - every module's tables

    for table in Base.metadata.sorted_tables:
        for column in table.c:
            if "sealed" in column.info:
                yield Place(table, column, tuple(c for c in table.c if c.info.get("mark_of") == column.name))


async def rotated(settings: Settings) -> Rotation:
    """Safe to repeat and to break off: each batch stands by itself. StillOnTheirWayError before anything is done."""
    found = Rotation(Counter(), Counter(), [])
    cipher = FieldCipher(settings.secret_key, settings.former_secret_keys)
    engine = create_async_engine(settings.owner_url, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            waiting = await connection.scalar(text(WAITING))
            if waiting:
                raise StillOnTheirWayError(f"{waiting} mails are still on their way: let the workers finish them first")
            await connection.run_sync(ensure_roles, settings)
        for place in places():
            after: Line | None = None
            while True:
                async with engine.begin() as connection:
                    after = await connection.run_sync(_seal_again, place, cipher, after, found)
                if after is None:
                    break
    finally:
        await engine.dispose()
    return found


async def needed(settings: Settings) -> Counter[str]:
    """How many fields each secret sealed, by its id."""
    found: Counter[str] = Counter()
    engine = create_async_engine(settings.owner_url, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            for place in places():
                for value in await connection.scalars(select(place.column).where(place.column.is_not(None))):
                    if value:
                        found[_text(value).split(".")[1]] += 1
    finally:
        await engine.dispose()
    return found


def _seal_again(
    connection: Connection, place: Place, cipher: FieldCipher, after: Line | None, found: Rotation
) -> Line | None:
    """One batch in the order of the key; its last row, None after the last batch."""
    # Guards keep people from changing an account that was verified. Its text stays as it is here.
    connection.execute(text("SET LOCAL session_replication_role = replica"))
    wanted = select(*place.key, place.column).order_by(*place.key).limit(BATCH).with_for_update()
    if after is not None:
        wanted = wanted.where(tuple_(*place.key) > tuple_(*after[: len(place.key)]))
    rows = connection.execute(wanted).all()
    changed = [row for row in rows if _one(connection, place, cipher, row, found)]
    if "firm_id" in place.table.c:
        for firm, number in Counter(row.firm_id for row in changed).items():
            _write_down(connection, firm, number)
    return rows[-1] if len(rows) == BATCH else None


def _write_down(connection: Connection, firm: UUID, number: int) -> None:
    """Into the firm's trail, in the transaction that did it: one that is broken off is told as far as it went."""
    connection.execute(
        insert(AuditEntry).values(
            firm_id=firm, id=uuid7(), at=clock.now(), actor_kind=SYSTEM.kind, actor_name=SYSTEM.name,
            action="operations.rotate_keys", outcome="done", subject_kind="", from_state="", to_state="",
            timeline=False, detail={"rows": number},
        )
    )  # fmt: skip


def _one(connection: Connection, place: Place, cipher: FieldCipher, row: Line, found: Rotation) -> bool:
    """Whether it was sealed again."""
    value, name = row[-1], f"{place.table.name}.{place.column.name}"
    if not value:
        return False
    if cipher.is_current(_text(value)):
        found.current[name] += 1
        return False
    try:
        opened = cipher.decrypt(_text(value), place.context(row))
    except Sealed:
        found.shut.append(f"{name} of {row.id}")
        return False
    sealed = cipher.encrypt(opened, place.context(row))
    values = {place.column.name: sealed.encode() if isinstance(place.column.type, LargeBinary) else sealed}
    values |= {mark.name: cipher.fingerprint(opened, place.context(row, of_row=False)) for mark in place.marks}
    this_row = [column == value for column, value in zip(place.key, row, strict=False)]
    connection.execute(update(place.table).where(*this_row).values(values))
    found.again[name] += 1
    return True


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _say(found: Rotation) -> None:
    for name in sorted(found.again | found.current):
        typer.echo(f"{name}: {found.again[name]} sealed again, {found.current[name]} already were")
    for name in found.shut:
        typer.echo(f"cannot be opened by any secret given: {name}", err=True)
    if found.shut:
        raise typer.Exit(1)
    typer.echo("Nothing needs a former secret any more: remove SAAS_FORMER_SECRET_KEYS.")
