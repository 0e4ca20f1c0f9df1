"""`saas doctor`: is everything there that the product needs, and is nothing there that must not be?"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Annotated

import typer
from alembic.script import ScriptDirectory
from redis.exceptions import RedisError
from rich.console import Console

from saas.kernel import clock, documents, jobs, mail, paper, schema
from saas.kernel.config import Settings, settings_from
from saas.kernel.roles import CONNECT, UnsafeRoleError, ask, bound_role

ENOUGH_DISK = 1024**3  # bytes


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    ok: bool
    detail: str


class Fault(Exception):
    """A check's answer when something is wrong: a sentence that says what to do."""


def register(app: typer.Typer) -> None:
    @app.command()
    def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
        """Look at every part the product stands on; exit 1 when one is not well."""
        checks = asyncio.run(examine(settings_from()))
        ok = all(check.ok for check in checks)
        if as_json:
            typer.echo(json.dumps({"ok": ok, "checks": [asdict(check) for check in checks]}, ensure_ascii=False))
        else:
            console = Console(highlight=False)
            for check in checks:
                mark = "[green]✓[/]" if check.ok else "[red]✗[/]"
                console.print(f"{mark} {check.name:<14}", end="")
                console.print(check.detail, markup=False, soft_wrap=True)
        raise typer.Exit(0 if ok else 1)


async def examine(settings: Settings) -> list[Check]:
    """Every check, in the order in which a repair would begin."""
    examinations: dict[str, Callable[[Settings], Awaitable[str]]] = {
        "database": _database,
        "schema": _schema,
        "app role": _app_role,
        "relay role": _relay_role,
        "row security": _row_security,
        "redis": _redis,
        "mail": _mail,
        "documents": _documents,
        "audit trail": _audit_trail,
        "disk": _disk,
    }
    return [await _check(name, examination, settings) for name, examination in examinations.items()]


async def _check(name: str, examination: Callable[[Settings], Awaitable[str]], settings: Settings) -> Check:
    try:
        async with asyncio.timeout(30):
            return Check(name, True, await examination(settings))
    except (Fault, UnsafeRoleError) as fault:
        return Check(name, False, str(fault))
    except (OSError, TimeoutError, RedisError, mail.MailDelayedError) as error:
        return Check(
            name, False, f"it does not answer: start everything by bin/run, or check its URL ({_first_line(error)})"
        )
    except Exception as error:
        return Check(name, False, _first_line(error))


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0].strip(" :")


async def _database(settings: Settings) -> str:
    return (await ask(settings.app_database_url, "SELECT current_setting('server_version')"))[0][0]


async def _schema(settings: Settings) -> str:
    newest = ScriptDirectory.from_config(schema.alembic_config()).get_current_head()
    rows = await ask(settings.app_database_url, "SELECT version_num FROM alembic_version")
    current = rows[0][0] if rows else "none"
    if current != newest:
        raise Fault(f"the schema is {current}, the program needs {newest}: run saas migrate")
    return current


async def _app_role(settings: Settings) -> str:
    return f"{await bound_role(settings.app_database_url)} is bound by row security"


async def _relay_role(settings: Settings) -> str:
    return f"{await bound_role(settings.relay_database_url)} is bound by row security"


async def _row_security(settings: Settings) -> str:
    open_tables = await ask(
        settings.app_database_url,
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a"
        " ON a.attrelid = c.oid WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND a.attname = 'firm_id'"
        " AND NOT (c.relrowsecurity AND c.relforcerowsecurity) ORDER BY 1",
    )
    if open_tables:
        raise Fault(f"no forced row security on {', '.join(row[0] for row in open_tables)}: run saas migrate")
    return "forced on every table of a firm"


async def _redis(settings: Settings) -> str:
    redis = await asyncio.wait_for(jobs.connect(settings.redis_url, retries=0), CONNECT)
    try:
        policy = (await redis.config_get("maxmemory-policy")).get("maxmemory-policy", "unknown")
        version = (await redis.info("server"))["redis_version"]
    finally:
        await redis.aclose()
    if policy != "noeviction":
        raise Fault(f"Redis may drop what it holds: set maxmemory-policy to noeviction (it is {policy})")
    return str(version)


async def _mail(settings: Settings) -> str:
    return await mail.reachable(settings)


async def _documents(settings: Settings) -> str:
    pdf = await documents.render_pdf("<p>清账 Qingzhang</p>", created=clock.now())
    return f"PDF/A with {paper.FAMILY}, {len(pdf)} bytes"


async def _audit_trail(settings: Settings) -> str:
    """What the nightly proof found, in any firm, and nobody has looked into; or that it did not run."""
    if not settings.database_url:
        return "not asked: only the owner of the database (SAAS_OWNER_DATABASE_URL) sees every firm's"
    alarms = await ask(
        settings.database_url,
        "SELECT f.slug FROM firms f JOIN tasks t ON t.firm_id = f.id WHERE t.subject_kind = 'security'"
        " AND t.done_at IS NULL AND f.closed_at IS NULL ORDER BY 1",
    )
    if alarms:
        raise Fault(f"look into {', '.join(row[0] for row in alarms)}: saas audit verify shows what is wrong")
    unread = await ask(
        settings.database_url,
        "SELECT count(*) FROM firms f WHERE f.closed_at IS NULL AND NOT f.replaying AND (SELECT max(c.at) FROM"
        " insights_duty_checks c WHERE c.firm_id = f.id) < now() - interval '3 days'",
    )
    if unread[0][0]:
        raise Fault(f"{unread[0][0]} firms’ trails were not read for three days: are the workers running?")
    return "the nightly proof found nothing"


async def _disk(settings: Settings) -> str:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.data_dir).free
    if free < ENOUGH_DISK:
        raise Fault(f"only {free // 1024**2} MiB are free in {settings.data_dir}: make room")
    return f"{free // 1024**3} GiB free"
