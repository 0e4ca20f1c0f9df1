"""Commands that show what the product is: its routes, its workflows and its audit chain."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from saas.kernel import sealing, tenancy
from saas.kernel.config import Settings, settings_from
from saas.kernel.db import Database
from saas.kernel.directory import Firm

audit = typer.Typer(no_args_is_help=True, help="The audit trail.")
console = Console()


def register(app: typer.Typer) -> None:
    app.command()(routes)
    app.command()(workflow)
    app.add_typer(audit, name="audit")


def routes(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List every route with its method, path and permission."""
    from saas.app import create_app, routes  # loading every module takes a second: only where it is needed

    rows = [
        {"method": str(method), "path": path, "permission": handler.opt["permission"], "module": _module(handler.fn)}
        for method, path, handler in routes(create_app(settings_from()))
    ]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    table = Table("Method", "Path", "Permission", "Module")
    for row in rows:
        table.add_row(*row.values())
    console.print(table)


def workflow(name: str) -> None:
    """Print a workflow as a Mermaid diagram."""
    from saas.app import composed  # loading every module takes a second: only where it is needed

    if name not in composed.workflows:
        typer.echo(f"There is no workflow {name!r}. There are: {', '.join(sorted(composed.workflows))}.", err=True)
        raise typer.Exit(2)
    typer.echo(composed.workflows[name].mermaid())


@audit.command()
def verify(
    firm: Annotated[str, typer.Option(help="Only the firm with this slug.")] = "",
    head: Annotated[str, typer.Option(help="A head noted earlier, as SEQUENCE:HASH, that must still stand.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Recompute the hash chain of every firm's audit trail; exit 1 if anything was tampered with."""
    results = asyncio.run(_verify(settings_from(), firm, _head(head)))
    if as_json:
        typer.echo(json.dumps([{"firm": slug, "ok": not faults, "faults": faults} for slug, faults in results]))
    for slug, faults in [] if as_json else results:
        console.print(f"{slug}: " + ("[green]unbroken[/]" if not faults else f"[red]{len(faults)} faults[/]"))
        for fault in faults[:50]:
            console.print(f"  {fault}")
    if any(faults for _slug, faults in results):
        raise typer.Exit(1)


async def _verify(settings: Settings, slug: str, head: tuple[int, str] | None) -> list[tuple[str, list[str]]]:
    import saas.app  # noqa: F401 - the tables of every module

    database = Database(settings.app_database_url, pool_size=2)
    async with database.transaction(tenancy.PLATFORM) as session:
        query = select(Firm).order_by(Firm.slug)
        firms = (await session.scalars(query.where(Firm.slug == slug) if slug else query)).all()
    results = []
    for firm in firms:
        async with database.transaction(tenancy.firm(firm.id)) as session:
            faults = await sealing.verify(session, head)
            results.append((firm.slug, [f"{f.sequence or '-'} {f.entry_id or '-'}: {f.what}" for f in faults]))
    await database.close()
    return results


def _head(text: str) -> tuple[int, str] | None:
    sequence, _colon, value = text.partition(":")
    return (int(sequence), value) if text else None


def _module(function: object) -> str:
    return str(getattr(function, "__module__", "")).split(".")[1] if "." in getattr(function, "__module__", "") else ""
