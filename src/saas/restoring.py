"""`saas restore`: a new data folder from a backup folder, as it was at its end or at a moment before."""

from __future__ import annotations

import asyncio
import shutil
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from saas.kernel import embedded
from saas.kernel.config import Settings, settings_from
from saas.kernel.processes import start, stop
from saas.kernel.roles import ask

RECOVERS_IN = 3600.0  # seconds
SETTINGS = "postgresql.auto.conf"
MARK = "# saas restore"
PROGRESS = "SELECT pg_is_in_recovery(), pg_last_xact_replay_timestamp()"


@dataclass(frozen=True, slots=True)
class Restored:
    """`last` is when the last transaction that is in it was committed."""

    base: Path
    last: datetime | None
    seconds: float


def register(app: typer.Typer) -> None:
    @app.command()
    def restore(
        source: Annotated[Path, typer.Option("--from", help="The backup folder.")],
        into: Annotated[Path, typer.Option(help="The new data folder; it must not exist yet, or be empty.")],
        at: Annotated[str, typer.Option(help="A moment to go back to, as 2026-11-22T06:30:00+08:00.")] = "",
    ) -> None:
        """Make a data folder from a backup. Nothing that exists is changed."""
        done = restored(source, into, at=_moment(at))
        last = f"last transaction {done.last}" if done.last else "nothing after the full copy"
        typer.echo(f"{into}: from {done.base.name}, {last}, {done.seconds:.0f} s")
        typer.echo("Start with SAAS_DATA_DIR set to it and with the SAAS_SECRET_KEY of before, then run saas doctor.")


def restored(source: Path, into: Path, *, at: datetime | None = None, point: str = "") -> Restored:
    """The newest full copy from before `at`, with the log replayed to its end, to `at`, or to a named restore point.

    FileExistsError where something is; CannotStartError with the server's words when the log does not fit.
    """
    if into.exists() and any(into.iterdir()):
        raise FileExistsError(f"{into} is not empty")
    begun = time.monotonic()
    base = _base(source, at)
    settings = settings_from({"SAAS_DATA_DIR": str(into)})
    data = embedded.private_folder(settings.data_dir) / "postgres"
    shutil.copytree(base, data)
    data.chmod(0o700)
    if (source / "files").is_dir():
        shutil.copytree(source / "files", settings.files_dir)
    _ask_for_recovery(data, source / "wal", at, point)
    last = _recovered(settings)
    (data / SETTINGS).write_text((data / SETTINGS).read_text().partition(MARK)[0])
    return Restored(base, last, time.monotonic() - begun)


def _moment(at: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(at) if at else None
    except ValueError:
        raise typer.BadParameter("write it as 2026-11-22T06:30:00+08:00", param_hint="--at") from None
    if moment is not None and moment.tzinfo is None:
        raise typer.BadParameter("say the time zone too, as in 2026-11-22T06:30:00+08:00", param_hint="--at")
    return moment


def _base(source: Path, at: datetime | None) -> Path:
    limit = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ") if at else "9"
    found = [path for path in sorted((source / "base").glob("*Z")) if path.name <= limit]
    if not found:
        raise FileNotFoundError(f"{source} has no full copy from before {at or 'now'}")
    return found[-1]


def _ask_for_recovery(data: Path, wal: Path, at: datetime | None, point: str) -> None:
    whole, begun = quote(str(wal.resolve() / "%f")), quote(str(wal.resolve() / "%f.partial"))
    command = f'cp {whole} "%p" 2>/dev/null || cp {begun} "%p"'
    wanted = {"restore_command": command, "recovery_target_action": "promote", "archive_mode": "off"}
    if at is not None:
        wanted["recovery_target_time"] = at.isoformat(sep=" ")
    if point:
        wanted["recovery_target_name"] = point
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in wanted.items()]
    with (data / SETTINGS).open("a") as file:
        file.write("\n".join(["", MARK, *lines, ""]))
    (data / "recovery.signal").touch()


def _recovered(settings: Settings) -> datetime | None:
    """Run the server until it has replayed what there is; when the last transaction in it was committed."""
    server = embedded.postgres(settings)
    process = start(server, RECOVERS_IN)
    deadline = time.monotonic() + RECOVERS_IN
    try:
        while True:
            rows = asyncio.run(ask(settings.database_url, PROGRESS))
            if not rows[0][0]:
                return last if isinstance(last := rows[0][1], datetime) else None
            if process.poll() is not None or time.monotonic() > deadline:
                raise TimeoutError(f"the log could not be replayed: see {server.log}")
            time.sleep(0.2)
    finally:
        stop(process, server.stop_signal, timeout=60)
