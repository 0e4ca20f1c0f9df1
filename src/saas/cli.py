"""The program `saas`. Each module that has commands registers them here."""

from __future__ import annotations

import os
import sys

import typer
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError

from saas import backup, doctor, inspection, keys, migration, offboarding, operating, supervisor, worker
from saas.bench import command as bench
from saas.checks import command as checks
from saas.demonstration import command as demonstration
from saas.drills import command as drills
from saas.kernel.config import SettingsError
from saas.kernel.i18n import set_reader
from saas.kernel.processes import CannotStartError

# What is no fault of ours, each with words that say what is missing: a folder, a copy, a server that does not answer.
IN_A_SENTENCE = (backup.BackupError, CannotStartError, OSError, DBAPIError, RedisError)
AWAY = (
    "Does it run, and are SAAS_DATA_DIR, SAAS_DATABASE_URL and SAAS_REDIS_URL right? `saas doctor` looks at each part."
)
COMMANDS = (
    supervisor,
    migration,
    checks,
    worker,
    doctor,
    inspection,
    bench,
    demonstration,
    backup,
    offboarding,
    keys,
    drills,
    operating,
)


def build() -> typer.Typer:
    """The program with every module's commands."""
    app = typer.Typer(name="saas", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

    @app.callback(help="清账 Qingzhang: check ledgers, run the product, look after it.")
    def main_() -> None:
        """A callback keeps the name of a single command (`saas check`, not `saas`)."""

    for module in COMMANDS:
        module.register(app)
    return app


def main() -> None:
    """Entry point of the `saas` program, in English where the terminal is."""
    set_reader("en" if os.environ.get("LC_ALL", os.environ.get("LANG", "")).lower().startswith("en") else "zh")
    try:
        build()()
    except SettingsError as error:
        typer.echo(str(error), err=True)
        sys.exit(1)
    except IN_A_SENTENCE as error:
        typer.echo(_said(error), err=True)
        sys.exit(2)


def _said(error: Exception) -> str:
    """The words of the error; where a server is away, what to look at."""
    said = str(getattr(error, "orig", None) or error)
    away = isinstance(error, RedisError) or (isinstance(error, OSError) and error.errno and error.filename is None)
    return f"{said}\n{AWAY}" if away else said


if __name__ == "__main__":
    main()
