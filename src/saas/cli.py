"""The program `saas`. Each module that has commands registers them here."""

from __future__ import annotations

import os
import sys

import typer

from saas import backup, doctor, inspection, keys, migration, offboarding, operating, supervisor, worker
from saas.bench import command as bench
from saas.checks import command as checks
from saas.demonstration import command as demonstration
from saas.drills import command as drills
from saas.kernel.config import SettingsError
from saas.kernel.i18n import set_reader

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


if __name__ == "__main__":
    main()
