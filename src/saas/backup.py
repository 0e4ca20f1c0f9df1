"""`saas backup` and `saas restore`: full copies, the write-ahead log as it is written, and the files of the firms.

A backup folder has `base/{time}` (pg_basebackup), `wal` (pg_receivewal, a moment behind) and `files` (at most half a
minute behind). The secret key is not in it: keep that apart. PostgreSQL's own programs do the work, the embedded ones
for the embedded database, else those of the machine. The role of SAAS_BACKUP_DATABASE_URL (without it the owner's)
needs REPLICATION: the third role of deploy/roles.sql.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import make_url

from saas import restoring
from saas.kernel import clock, embedded
from saas.kernel.config import Settings, settings_from
from saas.kernel.processes import Program, Watched, ends_with_us

SLOT = "saas_backup"  # the server keeps what was not fetched yet
PASS = 20.0  # seconds between two passes over the files
STAMP = "%Y%m%dT%H%M%SZ"
BackupFolder = Annotated[Path, typer.Option("--to", help="The backup folder, best on another machine's disk.")]
Kept = Annotated[int, typer.Option(min=1, help="How many full copies stay.")]


class BackupError(RuntimeError):
    """A program of PostgreSQL's said no; the message is what it said."""


def register(app: typer.Typer) -> None:
    backup = typer.Typer(name="backup", no_args_is_help=True, help="Copy everything, once or without end.")

    @backup.command("base", help="One full copy of database and files now.")
    def base(to: BackupFolder, keep: Kept = 7) -> None:
        typer.echo(take_base(settings_from(), to, keep))

    @backup.command("run", help="Full copies, and between them every change, until stopped. Run it as a service.")
    def run(to: BackupFolder, keep: Kept = 7, hours: Annotated[int, typer.Option(min=1)] = 24) -> None:
        keep_copying(settings_from(), to, timedelta(hours=hours), keep)

    @backup.command("verify", help="Compare every file of the newest full copy with its checksum.")
    def verify(to: BackupFolder) -> None:
        typer.echo(verified(newest(to), settings_from()))

    app.add_typer(backup)
    restoring.register(app)


def take_base(settings: Settings, folder: Path, keep: int = 7) -> Path:
    """A full copy that stands on its own; older ones than the newest `keep` are removed, with their log."""
    finished = folder / "base" / clock.now().strftime(STAMP)
    draft = finished.with_suffix(".part")
    draft.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _do(settings, "pg_basebackup", "-D", str(draft), "-X", "stream", "--checkpoint=fast",
        "--manifest-checksums=SHA256")  # fmt: skip
    draft.rename(finished)
    copy_files(settings, folder)
    _forget(settings, folder, keep)
    return finished


def keep_copying(settings: Settings, folder: Path, every: timedelta, keep: int) -> None:
    """Until it is stopped. What fails is said and tried again; the log that waits is kept by the server's slot."""
    log = Watched(streaming(settings, folder))
    since, passed = 0.0, -PASS
    while True:
        try:
            log.keep_up(typer.echo)  # first: no log may be missing between it and the copy
            if not bases(folder) or clock.now() - _taken(newest(folder)) >= every:
                typer.echo(take_base(settings, folder, keep))
            if time.monotonic() - passed >= PASS:
                passed, begun = time.monotonic(), clock.now().timestamp()
                copy_files(settings, folder, since)
                since = begun
        except (BackupError, OSError) as error:
            typer.echo(f"the backup waits: {error}", err=True)
            time.sleep(5)
        time.sleep(1)


def streaming(settings: Settings, folder: Path) -> Program:
    """pg_receivewal, which fetches what is written the moment it is written; its slot is made here."""
    wal = folder / "wal"
    wal.mkdir(parents=True, exist_ok=True, mode=0o700)
    _do(settings, "pg_receivewal", "-D", str(wal), "-S", SLOT, "--create-slot", "--if-not-exists")
    words = [
        _program("pg_receivewal", settings),
        "-d",
        _address(settings)[0],
        "-D",
        str(wal),
        "-S",
        SLOT,
        "--synchronous",
    ]
    environment = [f"{name}={value}" for name, value in _address(settings)[1].items()]
    return Program("pg_receivewal", [*ends_with_us("TERM"), "env", *environment, *words], lambda: True,
                   folder / "wal.log")  # fmt: skip


def copy_files(settings: Settings, folder: Path, since: float = 0.0) -> int:
    """Copy the files that came since then (seconds of the epoch); how many. They never change, so never twice.

    Files in S3-compatible storage are not ours to copy: turn on versioning and replication there.
    """
    copied = 0
    if settings.files_url:
        return copied
    for path, _folders, names in os.walk(settings.files_dir):
        if Path(path).stat().st_mtime < since - 2:
            continue
        target = folder / "files" / Path(path).relative_to(settings.files_dir)
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in names:
            if "#" not in name and not (target / name).exists():  # a # is in the names of those being written
                shutil.copyfile(Path(path, name), target / f".{name}.part")
                (target / f".{name}.part").rename(target / name)
                copied += 1
    return copied


def bases(folder: Path) -> list[Path]:
    """The finished full copies, oldest first."""
    return sorted(path for path in (folder / "base").glob("*Z") if path.is_dir())


def newest(folder: Path) -> Path:
    found = bases(folder)
    if not found:
        raise BackupError(f"there is no full copy in {folder}: make one with saas backup base")
    return found[-1]


def verified(base: Path, settings: Settings) -> str:
    """What pg_verifybackup says; BackupError when a file is not as it was."""
    return f"{base}: {_run([_program('pg_verifybackup', settings), '--exit-on-error', str(base)], {})}"


def _forget(settings: Settings, folder: Path, keep: int) -> None:
    kept = bases(folder)[-keep:]
    for path in bases(folder)[:-keep]:
        shutil.rmtree(path)
    first = next(line for line in (kept[0] / "backup_label").read_text().splitlines() if "START WAL" in line)
    if (folder / "wal").is_dir():
        _run(
            [_program("pg_archivecleanup", settings), str(folder / "wal"), first.rpartition("(file ")[2].rstrip(")")],
            {},
        )


def _taken(base: Path) -> datetime:
    return datetime.strptime(base.name, STAMP).replace(tzinfo=UTC)


def _do(settings: Settings, program: str, *words: str) -> str:
    address, environment = _address(settings)
    return _run([_program(program, settings), "-d", address, *words], environment)


def _run(words: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(words, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupError((done.stderr or done.stdout).strip())
    return done.stdout.strip()


def _program(name: str, settings: Settings) -> str:
    """For the embedded database its own: another version's refuse each other. Else the machine's, where it has them."""
    of_machine = None if settings.embedded_database else shutil.which(name)
    return of_machine or str(embedded.binaries() / name)


def _address(settings: Settings) -> tuple[str, dict[str, str]]:
    """The database for PostgreSQL's programs; the password goes by the environment, where no process list shows it."""
    url = make_url(settings.backup_database_url or settings.owner_url).set(drivername="postgresql")
    bare = url._replace(password=None)  # set(password=None) would keep it, and the text would say ***
    return bare.render_as_string(), {"PGPASSWORD": str(url.password)} if url.password else {}
