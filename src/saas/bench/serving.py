"""Web servers of one process each, on loopback, for as long as a measurement takes; and a browser that asks them."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from saas.bench.processors import spent_by, spent_by_database
from saas.kernel.config import Settings
from saas.kernel.processes import Program, ends_with_us, free_port, page_status, start, stop

UVICORN = ("--loop", "uvloop", "--http", "httptools", "--no-server-header", "--log-level", "warning", "--no-access-log")
LONGEST = 60.0  # seconds for one answer


@dataclass(frozen=True, slots=True)
class Server:
    name: str
    port: int
    process: subprocess.Popen[bytes]

    def processor(self) -> float:
        """Seconds of processor that it and its children have spent."""
        return spent_by(self.process.pid)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    seconds: float


def asgi(application: str, port: int) -> list[str]:
    return ["uvicorn", "--factory", application, "--host", "127.0.0.1", "--port", str(port), *UVICORN]


def wsgi(application: str, port: int) -> list[str]:
    words = ["gunicorn", application, "--bind", f"127.0.0.1:{port}", "--workers", "1", "--worker-class", "gthread"]
    return [*words, "--threads", "4", "--keep-alive", "75", "--log-level", "warning"]


@contextmanager
def servers_of(settings: Settings, programs: dict[str, tuple[str, str]], database: str = "") -> Iterator[list[Server]]:
    """Start each program: name → ("asgi" or "wsgi", "module:factory"). `database` names another one of the cluster."""
    environment = {**os.environ, **_environment(settings, database)}
    with ExitStack() as stack:
        found = []
        for name, (kind, application) in programs.items():
            port = free_port()
            words = asgi(application, port) if kind == "asgi" else wsgi(application, port)
            pairs = [f"{key}={value}" for key, value in environment.items() if key.startswith("SAAS_")]
            argv = [*ends_with_us("TERM"), "env", *pairs, sys.executable, "-m", *words]
            log = settings.data_dir / "log" / f"bench-{name}.log"
            process = start(Program(name, argv, lambda port=port: page_status(port, "/f/nobody/cases") > 0, log))  # type: ignore[misc]
            stack.callback(stop, process)
            found.append(Server(name, port, process))
        yield found


class Browser:
    """One connection that stays open, as a person's browser keeps it."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str) -> Answer:
        reader, writer = self._streams or await asyncio.open_connection("127.0.0.1", self.port)
        self._streams = reader, writer
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: __Host-session={self.token}\r\n\r\n"
        begun = time.perf_counter()
        writer.write(head.encode())
        async with asyncio.timeout(LONGEST):
            lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            fields = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
            body = await reader.readexactly(int(fields["content-length"]))
        seconds = time.perf_counter() - begun
        if fields.get("connection") == "close":
            self.close()
        return Answer(int(lines[0].split()[1]), body, seconds)

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def spent(server: Server, settings: Settings) -> float:
    """Seconds of processor spent so far by a server and the embedded database it asks."""
    return server.processor() + spent_by_database(settings.data_dir)


async def asked(server: Server, token: str, paths: Sequence[str], at_once: int) -> tuple[list[float], float]:
    """Ask every path, `at_once` at a time: the seconds of each answer, and of all. RuntimeError unless each is 200."""
    waiting, taken = iter(paths), []

    async def some() -> None:
        browser = Browser(server.port, token)
        for path in waiting:
            answer = await browser.get(path)
            if answer.status != 200:
                raise RuntimeError(f"{server.name} answered {answer.status} for {path}")
            taken.append(answer.seconds)
        browser.close()

    begun = time.perf_counter()
    await asyncio.gather(*(some() for _ in range(at_once)))
    return taken, time.perf_counter() - begun


def _environment(settings: Settings, database: str) -> dict[str, str]:
    found = {
        "SAAS_ENV": settings.env,
        "SAAS_DATA_DIR": str(settings.data_dir),
        "SAAS_SECRET_KEY": settings.secret_key,
    }
    return found | ({"SAAS_DATABASE_URL": database} if database else {})
