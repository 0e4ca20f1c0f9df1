"""`saas drill …`: one command for each way to fail. Each makes a world of its own, prints JSON, exits 1 if not passed.

Nothing but a scratch folder and loopback is touched, whatever the environment points to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from saas.drills.outcome import Outcome

Letters = Annotated[int, typer.Option(min=2, max=20_000, help="How many letters go out meanwhile")]
Seconds = Annotated[float, typer.Option(min=1, max=3600, help="How long it lasts")]


def register(app: typer.Typer) -> None:
    """Add `drill` to the program. What a drill needs is loaded when it runs."""
    drill = typer.Typer(name="drill", no_args_is_help=True, help="Fail on purpose, in a scratch world.")
    _crashes(drill)
    _surroundings(drill)
    app.add_typer(drill)


def _crashes(drill: typer.Typer) -> None:
    @drill.command("kill", help="kill -9 of web, workers, Valkey and PostgreSQL, each with work in hand.")
    def kill(
        letters: Letters = 5000,
        kills: Annotated[int, typer.Option(min=1, max=1000, help="How many")] = 200,
        seconds: Seconds = 600,
        plain: Annotated[bool, typer.Option("--plain", help="A mail server that cannot be asked")] = False,
    ) -> None:
        from saas.drills.kill import run  # loads the product: only when asked

        _say(run(letters, kills, seconds, plain=plain))

    @drill.command("flush", help="FLUSHALL, again and again.")
    def flush(letters: Letters = 300, flushes: Annotated[int, typer.Option(min=1, max=200)] = 20) -> None:
        from saas.drills.flush import run  # loads the product: only when asked

        _say(run(letters, flushes))

    @drill.command("race", help="Fifty approvals of one letter in the same instant; each round another letter.")
    def race(rounds: Annotated[int, typer.Option(min=1, max=200)] = 20) -> None:
        from saas.drills.race import run  # loads the product: only when asked

        _say(run(rounds))

    @drill.command("scale", help="Two web processes and two of each worker at one database share the work.")
    def scale(letters: Letters = 300) -> None:
        from saas.drills.scale import run  # loads the product: only when asked

        _say(run(letters))


def _surroundings(drill: typer.Typer) -> None:
    @drill.command("restore", help="The database's disk is lost; a base backup and the log since give it back.")
    def restore(letters: Letters = 300, seconds: Seconds = 60) -> None:
        from saas.drills.restore import run  # loads the product: only when asked

        _say(run(letters, seconds))

    @drill.command("mail-down", help="The mail server is away.")
    def mail_down(letters: Letters = 100, seconds: Seconds = 180) -> None:
        from saas.drills.mail_down import run  # loads the product: only when asked

        _say(run(letters, seconds))

    @drill.command("disk-full", help="No room is left.")
    def disk_full(letters: Letters = 100, seconds: Seconds = 60) -> None:
        from saas.drills.disk_full import run  # loads the product: only when asked

        _say(run(letters, seconds))

    @drill.command("clock", help="The product's clock is an hour ahead, then set back.")
    def clock(letters: Letters = 200) -> None:
        from saas.drills.clock_moved import run  # loads the product: only when asked

        _say(run(letters))


def _say(outcome: Outcome) -> None:
    outcome.say()
    raise typer.Exit(0 if outcome.passed else 1)
