"""`saas firm …`: taking a firm's data out, proving that nothing is left, and looking after sealed archives."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar
from uuid import UUID

import typer
from sqlalchemy import or_, select

from saas.kernel import clock, identifiers, tenancy
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.config import Settings, activate, settings_from
from saas.kernel.db import Database
from saas.kernel.directory import Firm
from saas.kernel.errors import Refusal
from saas.kernel.files import PIECE
from saas.kernel.jobs import connect
from saas.kernel.outbox import NO_FIRM
from saas.privacy import archives, departing, erasure
from saas.privacy.exporting import Made, export_to, exported_tables
from saas.privacy.models import Departure
from saas.privacy.sealing import NotOpened, Opening

T = TypeVar("T")
firm = typer.Typer(no_args_is_help=True, help="A firm's data: out in open formats, and the end.")
CONSOLE = Actor("operator", name="saas firm")
Named = Annotated[str, typer.Argument(help="The firm's slug, or its id.")]


def register(app: typer.Typer) -> None:
    app.add_typer(firm, name="firm")


@firm.command()
def export(name: Named, to: Annotated[Path, typer.Option(help="The ZIP to write; it must not exist yet.")]) -> None:
    """Write every table as CSV and JSON, every file and an index with hashes into one ZIP.

    It holds everything, bank accounts in full: keep it as you keep the books. The firm's audit trail says it was made.
    """
    _refuse_existing(to)
    made = _run(_export(_composed(), name, to))
    typer.echo(f"{to}: {made.tables} tables, {made.rows} rows, {made.files} files, {made.size} bytes")


@firm.command()
def erase(
    name: Named, confirm: Annotated[str, typer.Option(help="The firm's name, typed, to ask for the erasure.")] = ""
) -> None:
    """Ask for the erasure, or carry it out once the thirty days are over; both need --confirm. Exit 1: nothing done."""
    said, done = _run(_erase(_composed(), name, confirm))
    typer.echo(said, err=not done)
    if not done:
        raise typer.Exit(1)


@firm.command("verify-erased")
def verify_erased(name: Named, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Count what is left of a firm everywhere; exit 1 if it is anything."""
    remains = _run(_remains(_composed(), name))
    left = {place: count for place, count in remains.items() if count}
    typer.echo(json.dumps(remains) if as_json else f"{len(remains)} places looked at, left: {left or 'nothing'}")
    if left:
        raise typer.Exit(1)


@firm.command("open-archive")
def open_archive(
    file: Annotated[Path, typer.Argument(help="The sealed file, as it was fetched.", exists=True, dir_okay=False)],
    to: Annotated[Path, typer.Option(help="The ZIP to write; it must not exist yet.")],
    key: Annotated[str, typer.Option(prompt=True, hide_input=True, help="The owner's key; best typed when asked.")],
) -> None:
    """Open a sealed archive with the owner's key. Needs no database."""
    _refuse_existing(to)
    draft = to.with_name(to.name + ".part")
    try:
        opening = Opening(key)
        with file.open("rb") as sealed, draft.open("wb") as plain:
            while piece := sealed.read(PIECE):
                plain.write(opening.feed(piece))
            plain.write(opening.finish())
    except NotOpened as error:
        draft.unlink(missing_ok=True)
        typer.echo(f"Not opened: {error}.", err=True)
        raise typer.Exit(1) from None
    draft.rename(to)
    typer.echo(f"{to}: {to.stat().st_size} bytes")


@firm.command("archives")
def list_archives(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """The sealed archives of firms that left: until when each is kept, and who may fetch it."""
    rows = _run(_archives(_composed()))
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    for row in rows if not as_json else ():
        typer.echo(f"{row['slug']}  {row['firm']}  until {row['until']}  {row['size']} bytes  {row['owner']}")
    if not rows and not as_json:
        typer.echo("No firm has left.")


@firm.command("archive-link")
def archive_link(
    name: Named,
    email: Annotated[str, typer.Option(help="Another address than before: you have proved who asks.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Really, where the address changes.")] = False,
) -> None:
    """Mail the former owner a new link to the sealed archive. It opens nothing without their key."""
    if email and not yes:
        typer.confirm(f"From now on the archive of {name} is fetched by whoever reads {email}?", abort=True)
    typer.echo(f"A link is on its way to {_run(_archive_link(_composed(), name, email))}.")


def _refuse_existing(path: Path) -> None:
    if path.exists():
        typer.echo(f"{path} exists already: nothing is overwritten.", err=True)
        raise typer.Exit(2)


def _run(work: Coroutine[Any, Any, T]) -> T:
    """A refusal ends with its sentence and exit 2."""
    try:
        return asyncio.run(work)
    except Refusal as refusal:
        typer.echo(str(refusal.reason), err=True)
    raise typer.Exit(2)


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


async def _erase(settings: Settings, name: str, confirm: str) -> tuple[str, bool]:
    """What was done, in a sentence (the key when it was asked for), and whether anything was."""
    database, now = Database(settings.app_database_url, pool_size=2), clock.now()
    found = await _found(database, name)
    async with database.transaction(tenancy.firm(found)) as session:
        departure, known = await session.get(Departure, found), await session.get_one(Firm, found)
        if departure is not None and departure.erased_at is not None:
            return f"{departure.firm_name} is erased since {departure.erased_at:%Y-%m-%d}.", False
        if not departing.firm_name_matches(confirm, known.name):
            return f"Nothing done: say --confirm {known.name!r} to go on.", False
        if departure is None or departure.cancelled_at is not None:
            departure, key = await departing.ask(session, CONSOLE, now)
            day = f"{departure.erase_after:%Y-%m-%d}"
            return f"It can be erased from {day} on. The key of the archive, shown only now: {key}", True
        if departure.erase_after > now:
            day = f"{departure.erase_after:%Y-%m-%d}"
            return f"Nothing done: asked for by {departure.asked_by_name}, it can be erased from {day} on.", False
        if departure.archived_at is None:
            await departing.seal_archive(session, departure, now)
    redis = await connect(settings.redis_url)
    async with database.transaction(tenancy.firm(NO_FIRM)) as session:
        departure = await erasure.erase(session, found, redis, now)
        await archives.send_link(session, departure, now, by=CONSOLE.name)
    await redis.aclose()
    await database.close()
    archive = f"{departure.archive_sha256}, kept until {departure.archive_until}"
    return f"Erased: {sum(departure.erased.values())} rows, files and keys. Sealed archive: {archive}.", True


async def _archives(settings: Settings) -> list[dict[str, Any]]:
    database = Database(settings.app_database_url, pool_size=1)
    async with database.transaction(tenancy.PLATFORM) as session:
        rows = [
            {"slug": d.slug, "firm": d.firm_name, "until": str(d.archive_until), "size": d.archive_size,
             "sha256": d.archive_sha256, "owner": d.owner_email}
            for d in await archives.kept(session)
        ]  # fmt: skip
    await database.close()
    return rows


async def _archive_link(settings: Settings, name: str, email: str) -> str:
    """To whom; exit 2 where the firm has no archive."""
    database = Database(settings.app_database_url, pool_size=1)
    found = await _found(database, name)
    async with database.transaction(tenancy.PLATFORM) as session:
        departure = await session.get(Departure, found, with_for_update=True)
        if departure is None or departure.erased_at is None or departure.destroyed_at is not None:
            typer.echo(f"There is no sealed archive of {name!r}.", err=True)
            raise typer.Exit(2)
        departure.owner_email = identifiers.email(email).lower() if email else departure.owner_email
        if not departure.owner_email:
            typer.echo("Whose it is is not known any more: say --email.", err=True)
            raise typer.Exit(2)
        await archives.send_link(session, departure, clock.now(), by=CONSOLE.name)
    await database.close()
    return departure.owner_email


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
