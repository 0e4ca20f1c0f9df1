"""`saas …`: each command is registered by the file that does its work."""

from __future__ import annotations

import typer

from saas import doctor, supervisor, worker

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
for part in (supervisor, worker, doctor):
    part.register(app)


def main() -> None:
    app()


if __name__ == "__main__":
    main()
