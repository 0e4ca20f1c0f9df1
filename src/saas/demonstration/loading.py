"""One load from beginning to end: the application in this process, the replay, its progress in terminal and pages."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from saas.app import create_app
from saas.demo.load import Loaded, SlugTakenError, load
from saas.demo.progress import Tell, forget, teller
from saas.demo.story import Story, stories
from saas.demo.tenant import Tenant
from saas.kernel import documents, jobs, logs, roles
from saas.kernel.config import Settings
from saas.kernel.db import Database
from saas.kernel.i18n import _


def load_into(settings: Settings, tenant: Tenant, only: frozenset[str], password: str, console: Console) -> int:
    """Load what is missing, all or the clients named; the exit code. Stopped half-way, the next load goes on there."""
    told = [story for story in stories() if not only or story.client in only]
    if only:
        tenant = Tenant(tenant.firm, tenant.staff, [client for client in tenant.clients if client.short in only])
    _log_to(settings)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        loaded = asyncio.run(_load(settings, tenant, told, password, console))
    except SlugTakenError:
        taken = _("The demo was not loaded: a real firm has the address %(slug)s.", slug=tenant.firm.slug)
        console.print(str(taken), style="red", markup=False)
        return 1
    finally:
        documents.cool_down()
    if loaded.made:
        console.print(f"  {_('The demo firm is complete.')}", markup=False)
    for refused in loaded.refused:
        console.print(refused, style="yellow", markup=False)
    return 1 if loaded.refused else 0


async def _load(settings: Settings, tenant: Tenant, told: Sequence[Story], password: str, console: Console) -> Loaded:
    await roles.refuse_unsafe(settings)
    app, database = create_app(settings), Database(settings.app_database_url, pool_size=4)
    redis = await jobs.connect(settings.redis_url)
    columns = (
        TextColumn("  {task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    try:
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
            return await load(app, database, tenant, told, password, _both(bar, teller(redis)))
    finally:
        await forget(redis)
        await redis.aclose()
        await database.close()
        await app.state.database.close()


def _both(bar: Progress, to_pages: Tell) -> Tell:
    """The progress for the terminal, from the first step that is made, and for the pages."""
    shown: list[TaskID] = []

    async def tell(done: int, total: int) -> None:
        if not shown:
            shown.append(bar.add_task(str(_("Loading the demo firm")), total=total))
        bar.update(shown[0], completed=done, total=total)
        await to_pages(done, total)

    return tell


def _log_to(settings: Settings) -> None:
    """The terminal is for people; what went wrong stands in a file."""
    path = settings.data_dir / "log" / "demo.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    logs.configure(as_json=settings.env == "production", to=path)
