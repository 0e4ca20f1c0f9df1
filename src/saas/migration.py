"""`saas migrate`: bring the database to the newest schema, or write the revision that leads to changed models."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from saas.kernel import embedded, schema
from saas.kernel.config import Settings, settings_from
from saas.kernel.i18n import _
from saas.kernel.processes import start, stop


def register(app: typer.Typer) -> None:
    @app.command()
    def migrate(
        new: Annotated[
            str, typer.Option(help="For developers: write the next revision, of this title, from the changed models.")
        ] = "",
    ) -> None:
        """Bring the database to the newest schema, with its roles, row security and guards."""
        if new:
            written = write_revision(new)
            typer.echo(written or _("The migrations already lead to the models: nothing was written."))
            return
        settings = settings_from()
        with ExitStack() as stack:
            if settings.embedded_database and not embedded.answers(settings):
                stack.enter_context(database_running(settings))
            asyncio.run(migrated(settings))


async def migrated(settings: Settings) -> None:
    """The newest schema, with every module's guards."""
    from saas.app import guards  # loading every module takes a second: only where it is needed

    await schema.migrate(settings, guards())


def write_revision(title: str) -> Path | None:
    """The file of the revision from the newest one to the models; None when nothing differs.

    The difference is taken from a throw-away database, so that nobody's data is looked at or changed.
    """
    with tempfile.TemporaryDirectory(prefix="saas-migration-") as folder:
        settings = settings_from({"SAAS_ENV": "test", "SAAS_DATA_DIR": folder})
        with database_running(settings, durable=False):
            asyncio.run(schema.migrate(settings))  # no guards: they may name tables that are still to come
            return asyncio.run(schema.new_migration(settings, title))


@contextmanager
def database_running(settings: Settings, *, durable: bool = True) -> Iterator[None]:
    """The embedded database for as long as the block takes."""
    server = embedded.postgres(settings, durable=durable)
    process = start(server)
    try:
        embedded.create_database(settings)
        yield
    finally:
        stop(process, server.stop_signal)
