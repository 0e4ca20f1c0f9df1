"""`saas firm export|erase|verify-erased|open-archive`: taking a firm's data out, and proving that nothing is left."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock, tenancy
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.config import Settings, activate, settings_from
from saas.kernel.db import Database
from saas.kernel.directory import Firm
from saas.kernel.jobs import connect
from saas.kernel.outbox import NO_FIRM
from saas.privacy import departing, erasure
from saas.privacy.exporting import Made, export_to, exported_tables
from saas.privacy.models import Departure
from saas.privacy.sealing import NotOpened, opened

firm = typer.Typer(no_args_is_help=True, help="A firm's data: out in open formats, and the end.")
CONSOLE = Actor("operator", name="saas firm")
Named = Annotated[str, typer.Argument(help="The firm's slug, or its id.")]


def register(app: typer.Typer) -> None:
    app.add_typer(firm, name="firm")


@firm.command()
def export(name: Named, to: Annotated[Path, typer.Option(help="The ZIP to write.")]) -> None:
    """Write every table as CSV and JSON, every file and an index with hashes into one ZIP."""
    made = asyncio.run(_export(_composed(), name, to))
    typer.echo(f"{to}: {made.tables} tables, {made.rows} rows, {made.files} files")


@firm.command()
def erase(
    name: Named, confirm: Annotated[str, typer.Option(help="The firm's name, typed, to ask for the erasure.")] = ""
) -> None:
    """Ask for the erasure (with --confirm), or carry it out once the thirty days are over."""
    typer.echo(asyncio.run(_erase(_composed(), name, confirm)))


@firm.command("verify-erased")
def verify_erased(name: Named, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Count what is left of a firm everywhere; exit 1 if it is anything."""
    remains = asyncio.run(_remains(_composed(), name))
    left = {place: count for place, count in remains.items() if count}
    typer.echo(json.dumps(remains) if as_json else f"{len(remains)} places looked at, left: {left or 'nothing'}")
    if left:
        raise typer.Exit(1)


@firm.command("open-archive")
def open_archive(
    file: Path,
    to: Annotated[Path, typer.Option(help="The ZIP to write.")],
    key: Annotated[str, typer.Option(prompt=True)],
) -> None:
    """Open a sealed archive with the owner's key."""
    try:
        to.write_bytes(opened(file.read_bytes(), key))
    except NotOpened as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


def _composed() -> Settings:
    import saas.app  # noqa: F401 - loading every module takes a second: only where it is needed

    return activate(settings_from())


async def _export(settings: Settings, name: str, to: Path) -> Made:
    database = Database(settings.app_database_url, pool_size=2)
    found = await _found(database, name)
    async with database.transaction(tenancy.firm(found)) as session:
        made = await export_to(session, to, exported_tables(), clock.now())
        record(session, CONSOLE, "privacy.exported", clock.now(), rows=made.rows, files=made.files)
    await database.close()
    return made


async def _erase(settings: Settings, name: str, confirm: str) -> str:
    """What was done, in a sentence; the key when it was asked for."""
    database, now = Database(settings.app_database_url, pool_size=2), clock.now()
    found = await _found(database, name)
    async with database.transaction(tenancy.firm(found)) as session:
        departure = await session.get(Departure, found)
        if departure is None or departure.cancelled_at is not None:
            return await _ask(session, found, confirm)
        if departure.erase_after > now:
            return f"Asked for by {departure.asked_by_name}; it can be erased from {departure.erase_after:%Y-%m-%d} on."
        if departure.archived_at is None:
            await departing.seal_archive(session, departure, now)
    redis = await connect(settings.redis_url)
    async with database.transaction(tenancy.firm(NO_FIRM)) as session:
        departure = await erasure.erase(session, found, redis, now)
    await redis.aclose()
    await database.close()
    archive = f"{departure.archive_sha256}, kept until {departure.archive_until}"
    return f"Erased: {sum(departure.erased.values())} rows, files and keys. Sealed archive: {archive}."


async def _ask(session: AsyncSession, found: UUID, confirm: str) -> str:
    known = await session.get_one(Firm, found)
    if not departing.firm_name_matches(confirm, known.name):
        return f"Nothing done: to ask for the erasure repeat with --confirm {known.name!r}."
    departure, key = await departing.ask(session, CONSOLE, clock.now())
    return f"It can be erased from {departure.erase_after:%Y-%m-%d} on. The key of the archive, shown only now: {key}"


async def _remains(settings: Settings, name: str) -> dict[str, int]:
    database, redis = Database(settings.app_database_url, pool_size=2), await connect(settings.redis_url)
    found = await _found(database, name)
    async with database.transaction(tenancy.firm(NO_FIRM)) as session:
        remains = await erasure.remains_of(session, found, redis)
    await redis.aclose()
    await database.close()
    return remains


async def _found(database: Database, name: str) -> UUID:
    """The firm's id by its slug, the slug it had before it was erased, or the id itself."""
    try:
        return UUID(name)
    except ValueError:
        pass
    async with database.transaction(tenancy.PLATFORM) as session:
        found = await session.scalar(
            select(Firm.id).join(Departure, Departure.id == Firm.id, isouter=True)
            .where(or_(Firm.slug == name, Departure.slug == name)).limit(1)
        )  # fmt: skip
    if found is None:
        typer.echo(f"There is no firm {name!r}.", err=True)
        raise typer.Exit(2)
    return found
