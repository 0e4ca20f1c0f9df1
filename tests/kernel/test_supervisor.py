"""`saas up` as its user meets it: it answers, survives the death of each part, and takes all of them down with it."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PARTS = {"postgres", "valkey", "light", "heavy", "relay", "lmtp", "web"}


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def up(tmp_path: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    process = start(tmp_path, port)
    yield process
    process.kill()
    process.wait()


def test_it_answers_survives_the_death_of_its_parts_and_takes_them_along_however_it_ends(
    up: subprocess.Popen[str], port: int, tmp_path: Path
) -> None:
    wait(lambda: answers(port), 60)
    before = children(up.pid)
    assert set(before) == PARTS
    second = start(tmp_path, port + 1)
    assert second.wait(30) == 1
    assert str(up.pid) in second.communicate()[0]
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    wait(lambda: set(children(up.pid)) == PARTS and not set(children(up.pid).values()) & set(before.values()), 60)
    wait(lambda: answers(port), 60)
    after = children(up.pid)
    up.send_signal(signal.SIGINT)
    assert up.wait(30) == 0
    assert [pid for pid in after.values() if alive(pid)] == []
    third = start(tmp_path, port)
    wait(lambda: answers(port), 60)
    parts = children(third.pid)
    third.kill()
    third.wait()
    try:
        wait(lambda: not any(alive(pid) for pid in parts.values()), 20)
    except AssertionError:
        raise AssertionError([part for part, pid in parts.items() if alive(pid)]) from None


def test_a_taken_port_is_said_in_words(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        process = start(tmp_path, number)
        assert process.wait(30) == 1
    assert f"Port {number} is taken by another program. Choose another" in process.communicate()[0]


def test_a_weak_secret_stops_the_start_with_advice(tmp_path: Path, port: int) -> None:
    process = start(tmp_path, port, SAAS_SECRET_KEY="secret")
    assert process.wait(30) == 1
    assert "openssl rand" in process.communicate()[0]


def start(folder: Path, port: int, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "saas.cli", "up", "--port", str(port), "--no-demo"],
        env={
            **os.environ,
            "SAAS_DATA_DIR": str(folder / "var"),
            "LANG": "en_GB.UTF-8",
            "COLUMNS": "200",
            **environment,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def children(pid: int) -> dict[str, int]:
    """The parts by name, from the process table."""
    found = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
            words = (status.parent / "cmdline").read_text().split("\0")
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found[name_of(words)] = int(status.parent.name)
    return found


def name_of(words: list[str]) -> str:
    if "worker" in words:
        return words[words.index("worker") + 1]
    if "uvicorn" in words:
        return "web"
    return "valkey" if "valkey" in words[0] else Path(words[0]).name


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()


def wait(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.1)


def alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()
