"""`saas up`: the whole product in one command. It starts what the environment does not give, keeps it running, and
takes everything down with it, also when it is killed."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Annotated

import typer
from rich.console import Console

from saas.kernel import embedded, mailbox
from saas.kernel.config import Settings, SettingsError, settings_from
from saas.kernel.i18n import Text, _
from saas.kernel.processes import CannotStartError, Program, Watched, ends_with_us, page_status, stop
from saas.migration import migrated

FIRST_PORT, PORTS_TRIED = 8000, 20


def register(app: typer.Typer) -> None:
    @app.command()
    def up(
        port: Annotated[
            int, typer.Option(help="The port of the web pages; without it the first free one from 8000.")
        ] = 0,
        demo: Annotated[bool, typer.Option(help="Load the demo firm when it is not there yet.")] = True,
    ) -> None:
        """Start everything; Ctrl-C stops all of it and keeps the data."""
        console = Console(highlight=False)
        try:
            with settled_port(port) as chosen:
                os.environ["SAAS_PUBLIC_URL"] = os.environ.get("SAAS_PUBLIC_URL") or f"http://localhost:{chosen}"
                run(settings_from(), chosen, demo=demo, console=console)
        except (CannotStartError, SettingsError) as error:
            console.print(str(error), style="red", markup=False)
            raise typer.Exit(1) from None


def run(settings: Settings, port: int, *, demo: bool, console: Console) -> None:
    """Until Ctrl-C or SIGTERM; CannotStartError when a part does not come up."""
    stopping = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda *_: stopping.set())
    with ExitStack() as stack:
        stack.enter_context(alone(settings.data_dir))
        watched = [Watched(server) for server in _servers(settings)]
        stack.callback(_stop_in_turn, watched)
        for part in watched:
            part.start()
        if settings.embedded_database:
            embedded.create_database(settings)
        if settings.embedded_smtp:
            stack.enter_context(mailbox_running(settings))
        asyncio.run(migrated(settings))
        programs = [Watched(program) for program in _programs(settings, port)]
        stack.callback(_stop_together, programs)
        for part in programs:
            part.start()
        _greet(settings, console)
        if demo:
            loading = subprocess.Popen(_own("saas.cli", "demo", "load"))  # shows its progress and the sign-ins here
            stack.callback(stop, loading)
        while not stopping.wait(0.2):
            for part in (*watched, *programs):
                part.keep_up(lambda told: console.print(told, style="yellow", markup=False))
        console.print(str(_("Stopping …")))


@contextmanager
def settled_port(wanted: int) -> Iterator[int]:
    """The port asked for, or the first free one; CannotStartError says who to ask when it is taken."""
    candidates = [wanted] if wanted else range(FIRST_PORT, FIRST_PORT + PORTS_TRIED)
    for port in candidates:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                probe.close()
                yield port
                return
    taken = _(
        "Port %(port)s is taken by another program. Choose another: bin/run --port %(next)s",
        port=candidates[0],
        next=candidates[0] + 1,
    )
    raise CannotStartError(taken)


@contextmanager
def alone(data_dir: Path) -> Iterator[None]:
    """One supervisor for one data folder; CannotStartError when another has it."""
    data_dir.mkdir(parents=True, exist_ok=True)
    lock: IO[str] = (data_dir / "up.lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        raise CannotStartError(_("It is already running here, as process %(pid)s.", pid=lock.read().strip())) from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    with lock:
        yield


@contextmanager
def mailbox_running(settings: Settings) -> Iterator[None]:
    """The mailbox answers in a thread of its own while the block runs."""
    loop, ready = asyncio.new_event_loop(), threading.Event()
    done = asyncio.Event()

    async def serve() -> None:
        async with mailbox.serving(settings):
            ready.set()
            await done.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    if not ready.wait(10):
        raise CannotStartError(_("The mailbox did not start."))
    try:
        yield
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(5)


def _servers(settings: Settings) -> list[Program]:
    servers = [embedded.postgres(settings)] if settings.embedded_database else []
    return [*servers, *([embedded.valkey(settings)] if settings.embedded_redis else [])]


def _programs(settings: Settings, port: int) -> list[Program]:
    """Our own processes. The relay goes last: nothing rings before somebody can hear it."""
    host = "0.0.0.0" if settings.secure else "127.0.0.1"  # noqa: S104 - only behind TLS
    web = ["uvicorn", "saas.app:create_app", "--factory", "--host", host, "--port", str(port)]
    web += [
        "--loop",
        "uvloop",
        "--http",
        "httptools",
        "--no-server-header",
        "--log-level",
        "warning",
        "--no-access-log",
    ]
    kinds = ("light", "heavy", *(("lmtp",) if settings.return_domain else ()), "relay")
    workers = [_program(settings, kind, ["saas.cli", "worker", kind], lambda: True) for kind in kinds]
    return [*workers, _program(settings, "web", web, lambda: page_status(port, "/health/live", timeout=2) > 0)]


def _program(settings: Settings, name: str, module: list[str], ready: Callable[[], bool]) -> Program:
    return Program(name, _own(*module), ready, settings.data_dir / "log" / f"{name}.log")


def _own(*module: str) -> list[str]:
    """A Python of ours, which ends with us."""
    return [*ends_with_us("TERM"), sys.executable, "-m", *module]


def _stop_together(programs: list[Watched]) -> None:
    for part in programs:
        part.ask_to_stop()
    for part in programs:
        part.stop()


def _stop_in_turn(servers: list[Watched]) -> None:
    """The database last: the others may have a last word for it."""
    for part in reversed(servers):
        part.stop()


def _greet(settings: Settings, console: Console) -> None:
    def line(label: Text, value: str) -> None:
        console.print(f"  {label}  {value}", markup=False)

    console.print()
    line(_("Open this address:"), settings.public_url)
    if settings.embedded_smtp:
        line(_("The mailbox that catches every mail:"), f"{settings.public_url}/mailbox")
    line(_("Data, logs and mail are kept in:"), str(settings.data_dir))
    line(_("Ctrl-C stops everything."), "")
