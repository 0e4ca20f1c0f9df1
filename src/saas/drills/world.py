"""The world a drill happens in: the whole product as `saas up` runs it, in a scratch folder, on loopback, with a firm.

Nothing outside the scratch folder is read or written, whatever the environment says.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from saas.drills.sink import received
from saas.kernel.config import Settings, activate, settings_from
from saas.kernel.processes import Program, ends_with_us, free_port, page_status, start, stop
from saas.migration import database_running

STARTS_IN = 240  # seconds, on a busy machine
PARTS = ("postgres", "valkey", "light", "heavy", "relay", "web")


@dataclass(slots=True)
class World:
    """`sink` is where the mail server outside keeps letters; None of `up` while the product is down."""

    settings: Settings
    environment: dict[str, str]
    port: int
    sink: Path
    mail_server: Program | None  # a plain one; None when it is the product's own mailbox, which can be asked
    up: subprocess.Popen[bytes] | None = None
    outside: subprocess.Popen[bytes] | None = None
    begun: float = field(default_factory=time.monotonic)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, **environment: str) -> None:
        """Bring everything up and wait until it is well."""
        words = [*ends_with_us("INT"), sys.executable, "-m", "saas.cli", "up", "--no-demo", "--port", str(self.port)]
        with (self.settings.data_dir / "up.log").open("ab") as log:
            self.up = subprocess.Popen(words, env={**self.environment, **environment}, stdout=log, stderr=log)
        await_that(lambda: self.up_ended() or self.is_well(), STARTS_IN, "the product did not start")
        if self.up_ended():
            raise RuntimeError((self.settings.data_dir / "up.log").read_text()[-2000:])

    def up_ended(self) -> bool:
        return self.up is None or self.up.poll() is not None

    def stop(self) -> None:
        if self.up is not None:
            stop(self.up, signal.SIGINT, timeout=40)
            self.up = None

    def open_outside(self) -> None:
        """The mail server outside takes letters from now on."""
        if self.mail_server is not None and self.outside is None:
            self.outside = start(self.mail_server)

    def close_outside(self) -> None:
        if self.outside is not None:
            stop(self.outside, signal.SIGKILL)
            self.outside = None

    def is_well(self) -> bool:
        return page_status(self.port, "/health") == 200

    def parts(self) -> dict[str, int]:
        """Process ids of the running parts by name, from the process table."""
        return {name: pid for pid, name in _children(self.up.pid) if name in PARTS} if self.up else {}

    def at_work(self, part: str) -> int | None:
        """The process that does a part's work: of a worker the child, whose parent only waits to replace it."""
        pid = self.parts().get(part)
        return next((child for child, name in _children(pid) if name == part), pid) if pid is not None else None

    def elapsed(self) -> float:
        return time.monotonic() - self.begun


@contextmanager
def world(*, plain: bool = False, running: bool = True) -> Iterator[World]:
    """A fresh one with its schema; with `plain`, mail goes to a server of its own that keeps no record to ask."""
    with tempfile.TemporaryDirectory(prefix="saas-drill-", ignore_cleanup_errors=True) as scratch:
        made = planned(Path(scratch), plain=plain)
        with database_running(made.settings):
            asyncio.run(_furnished(made.settings))
        try:
            made.open_outside()
            if running:
                made.start()
            yield made
        finally:
            made.stop()
            made.close_outside()
            shutil.rmtree(made.settings.run_dir, ignore_errors=True)


def await_that(condition: Callable[[], bool], seconds: float, otherwise: str) -> float:
    """Seconds until it was so; TimeoutError with the sentence `otherwise`."""
    begun = time.monotonic()
    while not condition():
        if time.monotonic() - begun > seconds:
            raise TimeoutError(f"{otherwise} within {seconds:.0f} s")
        time.sleep(0.2)
    return time.monotonic() - begun


def arrivals(place: World) -> dict[str, int]:
    """How often each letter arrived outside."""
    return received(place.sink)


def planned(scratch: Path, *, plain: bool = False) -> World:
    """Where everything will be; of the environment only what is not the product's is taken over."""
    port, mail_port, folder = free_port(), free_port(), scratch / "var"
    own = {k: v for k, v in os.environ.items() if not k.startswith("SAAS_")}
    own |= {
        "SAAS_DATA_DIR": str(folder),
        "SAAS_SECRET_KEY": secrets.token_urlsafe(48),
        "SAAS_PUBLIC_URL": f"http://localhost:{port}",
    }
    if plain:
        own["SAAS_SMTP_URL"] = f"smtp://127.0.0.1:{mail_port}"
    settings = activate(settings_from(own))
    if not settings.data_dir.is_relative_to(scratch.resolve()):
        raise RuntimeError("a drill stays in its scratch folder")
    folder.mkdir()
    sink = scratch / "outside" if plain else settings.mailbox_dir
    return World(settings, own, port, sink, _mail_server(mail_port, sink, folder) if plain else None)


def _mail_server(port: int, sink: Path, folder: Path) -> Program:
    words = [*ends_with_us("KILL"), sys.executable, "-m", "saas.drills.sink", str(port), str(sink)]
    return Program("mail server", words, lambda: _listens(port), folder / "log" / "sink.log")


async def _furnished(settings: Settings) -> None:
    """The schema from the models, marked as the newest: the product's own start then finds nothing to migrate."""
    from saas.bench.office import build_tables  # loads every module: only when a drill runs

    await build_tables(settings, as_newest=True)


def _children(parent: int) -> list[tuple[int, str]]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
            words = (stat.parent / "cmdline").read_text().split("\0")
        except OSError:
            continue
        if int(fields[1]) == parent and fields[0] != "Z":
            found.append((int(stat.parent.name), _name(words)))
    return found


def _name(words: list[str]) -> str:
    if "worker" in words:
        return words[words.index("worker") + 1]
    if "uvicorn" in words:
        return "web"
    return "valkey" if "valkey" in words[0] else Path(words[0]).name


def processes_of(pid: int) -> list[int]:
    """The process and its children: those of PostgreSQL do not share its group."""
    return [pid, *(child for child, _name_ in _children(pid))]


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
