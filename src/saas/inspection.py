"""Commands that show what the product is: its routes, its workflows and its audit chain."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import sealing, tenancy
from saas.kernel.audit import AuditEntry
from saas.kernel.config import Settings, settings_from
from saas.kernel.db import Database
from saas.kernel.directory import Firm
from saas.kernel.duties import Proof
from saas.kernel.tenancy import of_this_firm

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


@dataclass(frozen=True, slots=True)
class Verified:
    """What one firm's trail shows: whether it is as written, and whether two people did what takes two."""

    firm: str
    deeds: int
    faults: list[str]
    breaches: list[str]

    @property
    def ok(self) -> bool:
        return not self.faults and not self.breaches


@audit.command()
def verify(
    firm: Annotated[str, typer.Option(help="Only the firm with this slug.")] = "",
    head: Annotated[str, typer.Option(help="A head noted earlier, as SEQUENCE:HASH, that must still stand.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Recompute every firm's hash chain and prove the separation of duties from its trail; exit 1 at any fault."""
    if head and not firm:
        raise typer.BadParameter("a head belongs to one firm: add --firm SLUG", param_hint="--head")
    results = asyncio.run(_verify(settings_from(), firm, _head(head)))
    if firm and not results:
        raise typer.BadParameter(f"there is no firm {firm!r}", param_hint="--firm")
    if as_json:
        typer.echo(json.dumps([{**asdict(result), "ok": result.ok} for result in results], ensure_ascii=False))
    for result in [] if as_json else results:
        _print(result)
    if not all(result.ok for result in results):
        raise typer.Exit(1)


def _print(result: Verified) -> None:
    def judged(found: list[str], well: str, ill: str) -> str:
        return f"[red]{ill}: {len(found)}[/]" if found else f"[green]{well}[/]"

    chain = judged(result.faults, "unbroken", "faults")
    duties = judged(result.breaches, "kept", "breaches")
    console.print(f"{result.firm}: {result.deeds} deeds; chain {chain}; separation of duties {duties}")
    for line in [*result.faults[:50], *result.breaches[:50]]:
        console.print(f"  {line}", markup=False)


async def _verify(settings: Settings, slug: str, head: tuple[int, str] | None) -> list[Verified]:
    from saas.app import composed  # loading every module takes a second: only where it is needed

    database = Database(settings.app_database_url, pool_size=2)
    async with database.transaction(tenancy.PLATFORM) as session:
        query = select(Firm).order_by(Firm.slug)
        firms = (await session.scalars(query.where(Firm.slug == slug) if slug else query)).all()
    results = []
    for firm in firms:
        async with database.transaction(tenancy.firm(firm.id)) as session:
            results.append(await verified(session, firm.slug, composed.duties, head))
    await database.close()
    return results


async def verified(
    session: AsyncSession, slug: str, proofs: Sequence[Proof], head: tuple[int, str] | None = None
) -> Verified:
    """The current firm's trail, checked: its chain, and each module's proof that duties were kept apart."""
    written = select(AuditEntry).where(of_this_firm(AuditEntry)).order_by(AuditEntry.position)
    trail = (await session.scalars(written)).all()
    faults = [f"{f.sequence or '-'} {f.entry_id or '-'}: {f.what}" for f in await sealing.verify(session, head)]
    found = [breach for proof in proofs for breach in await proof(session, trail)]
    breaches = [f"{b.duty}: {b.subject_id} by {b.person_id} in {b.entry_id}" for b in found]
    return Verified(slug, len(trail), faults, breaches)


def _head(text: str) -> tuple[int, str] | None:
    sequence, _colon, value = text.strip().partition(":")
    if text and not (sequence.isdigit() and value):
        raise typer.BadParameter("write it as SEQUENCE:HASH, as in the daily mail", param_hint="--head")
    return (int(sequence), value.lower()) if text else None


def _module(function: object) -> str:
    return str(getattr(function, "__module__", "")).split(".")[1] if "." in getattr(function, "__module__", "") else ""
