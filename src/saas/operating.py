"""`saas operator …`: who looks after the product, and what they do to firms, jobs and mail without a browser."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock, jobs, tenancy
from saas.kernel.access import Actor
from saas.kernel.config import Settings, activate, settings_from
from saas.kernel.db import Database
from saas.kernel.directory import Firm
from saas.kernel.errors import Refusal
from saas.operations import firms as deeds
from saas.operations import operators, queue, state

T = TypeVar("T")
WIDE = 200  # characters of a line in a file or a pipe
app = typer.Typer(no_args_is_help=True, help="Operators; firms, jobs, mail and storage of the whole product.")
console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Slug = Annotated[str, typer.Argument(help="The firm's address in the product.")]
Yes = Annotated[bool, typer.Option("--yes", help="Really: nothing is asked.")]
LEAST_REASON = 5  # characters, as in the console's form
BY_COMMAND = Actor("operator", name="saas operator")


def register(program: typer.Typer) -> None:
    program.add_typer(app, name="operator")


@app.command("add")
def add(email: str) -> None:
    """Put a person with an account on the list of operators. They need a second factor to enter the console."""
    person = _do(lambda session: operators.add(session, email, clock.now()))
    factor = "" if person.has_second_factor else " They must set up a second factor before the console opens."
    typer.echo(f"{person.email} is an operator.{factor}")


@app.command("remove")
def remove(email: str) -> None:
    """Take a person off the list, effective with their next request."""
    typer.echo(f"{_do(lambda session: operators.remove(session, email, clock.now())).email} is no operator any more.")


@app.command("list")
def list_operators(as_json: AsJson = False) -> None:
    """Who the operators are."""
    people = _do(operators.operators)
    _print([{"email": p.email, "name": p.name, "second_factor": p.has_second_factor} for p in people], as_json)


@app.command("firms")
def list_firms(text: Annotated[str, typer.Argument()] = "", as_json: AsJson = False) -> None:
    """Every firm with its plan and the numbers of its last count."""
    _print([_row(known) for known in _do(lambda session: deeds.known(session, text, closed=True))], as_json)


@app.command("plan")
def plan(slug: Slug, key: Annotated[str, typer.Argument(help="A plan of the catalogue.")]) -> None:
    """Put a firm on a plan."""
    _on(slug, lambda session, firm: deeds.give_plan(session, firm, key, BY_COMMAND, clock.now()))
    typer.echo(f"{slug}: {key}")


@app.command("suspend")
def suspend(
    slug: Slug, reason: Annotated[str, typer.Option(help="What the firm is told, in a sentence.")], yes: Yes = False
) -> None:
    """From the next request on a firm's people only export, and its jobs wait. Its owner is told by mail."""
    if len(reason.strip()) < LEAST_REASON:
        raise typer.BadParameter("say in a sentence why: the firm reads it", param_hint="--reason")
    if not yes:
        typer.confirm(f"Suspend {slug}?", abort=True)
    _on(slug, lambda session, firm: deeds.suspend(session, firm, reason, BY_COMMAND, clock.now()))
    typer.echo(f"{slug} is suspended.")


@app.command("resume")
def resume(slug: Slug) -> None:
    """Lift a suspension."""
    _on(slug, lambda session, firm: deeds.resume(session, firm, BY_COMMAND, clock.now()))
    typer.echo(f"{slug} goes on.")


@app.command("close")
def close(slug: Slug, yes: Yes = False) -> None:
    """Let nobody enter a firm any more; its data stays until it is erased."""
    if not yes:
        typer.confirm(f"Close {slug}?", abort=True)
    _on(slug, lambda session, firm: deeds.close(session, firm, BY_COMMAND, clock.now()))
    typer.echo(f"{slug} is closed.")


@app.command("jobs")
def list_jobs(as_json: AsJson = False) -> None:
    """Jobs of every firm that wait or failed, at this minute: names and kinds of error, no contents."""
    settings = activate(settings_from())
    _print(asyncio.run(queue.open_jobs(settings)), as_json)


@app.command("retry")
def retry(
    slug: Slug,
    job: Annotated[str, typer.Option(help="Only jobs of this name.")] = "",
    job_id: Annotated[UUID | None, typer.Option("--id", help="Only this job.")] = None,
) -> None:
    """Try a firm's failed jobs again at once, those given up included. Each begins with ten attempts anew."""
    ids = [job_id] if job_id is not None else []
    found = _on(slug, lambda session, firm: deeds.retry(session, firm, BY_COMMAND, clock.now(), ids, job))
    typer.echo(f"{len(found)} jobs are tried again.")


@app.command("mail")
def list_mail(as_json: AsJson = False) -> None:
    """Each firm's mails that wait, are uncertain or failed, by its last count."""
    names = ("mails_waiting", "mails_uncertain", "mails_failed", "mails")
    _print([_row(known, names) for known in _do(deeds.known) if known.totals is not None], as_json)


@app.command("storage")
def storage(as_json: AsJson = False) -> None:
    """Each firm's storage by its last count, and what is free here."""
    rows = [_row(known, ("storage_mb",)) for known in _do(lambda session: deeds.known(session, closed=True))]
    free = shutil.disk_usage(settings_from().data_dir).free // 1024**2
    _print([*rows, {"firm": "(free on this machine)", "storage_mb": free}], as_json)


@app.command("versions")
def versions(as_json: AsJson = False) -> None:
    """What runs: product, schema, Python, PostgreSQL, Valkey."""
    _print([{"part": str(row["label"]), "version": row["value"]} for row in asyncio.run(_versions())], as_json)


def _row(known: deeds.Known, names: tuple[str, ...] = ("members", "clients", "mails", "storage_mb")) -> dict[str, Any]:
    totals, plan_ = known.totals, known.subscription
    counted = {name: getattr(totals, name) if totals is not None else None for name in names}
    measured = totals.measured_at.isoformat(timespec="minutes") if totals is not None else None
    return {"firm": known.firm.slug, "name": known.firm.name, "standing": known.standing,
            "plan": plan_.plan if plan_ is not None else None, **counted, "counted": measured}  # fmt: skip


def _print(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    elif rows:
        table = Table()
        for name in rows[0]:
            table.add_column(name, overflow="fold")  # ids are there to be copied
        for row in rows:
            table.add_row(*("" if row.get(name) is None else str(row[name]) for name in rows[0]))
        console.print(table)
    else:
        typer.echo("Nothing.")


def _on(slug: str, deed: Callable[[AsyncSession, Firm], Awaitable[T]]) -> T:
    """A deed on one firm, closed or not; exit 2 where there is none."""

    async def found(session: AsyncSession) -> T:
        firm = await session.scalar(select(Firm).where(Firm.slug == slug).with_for_update())
        if firm is None:
            typer.echo(f"There is no firm {slug!r}.", err=True)
            raise typer.Exit(2)
        return await deed(session, firm)

    return _do(found)


def _do(work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """In one transaction of the platform; a refusal or an unknown name ends with a sentence and exit 2."""
    try:
        return asyncio.run(_transaction(activate(settings_from()), work))
    except operators.NoSuchPerson as error:
        typer.echo(f"Nobody with a confirmed account (or on the list) has the address {error}.", err=True)
    except Refusal as refusal:
        typer.echo(str(refusal.reason), err=True)
    raise typer.Exit(2)


async def _transaction(settings: Settings, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    import saas.app  # noqa: F401 - composes the modules whose jobs are promised

    database = Database(settings.app_database_url, pool_size=1)
    try:
        async with database.transaction(tenancy.PLATFORM) as session:
            return await work(session)
    finally:
        await database.close()


async def _versions() -> list[dict[str, Any]]:
    settings = activate(settings_from())
    redis = await jobs.connect(settings.redis_url)
    try:
        return await _transaction(settings, lambda session: state.versions(session, redis))
    finally:
        await redis.aclose()
