"""Parts that crash are started again, and none of them is waited for while others are down."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from saas.kernel import processes
from saas.kernel.processes import Program, Watched


def test_a_part_that_does_not_answer_holds_up_no_other(tmp_path: Path) -> None:
    part = Watched(sleeper(tmp_path, answers=False))
    begun = time.monotonic()
    part.keep_up(lambda _told: None)
    assert time.monotonic() - begun < 5
    assert part.process is not None
    assert part.process.poll() is None
    part.stop()


def test_a_part_that_never_answers_is_started_afresh(tmp_path: Path) -> None:
    part, told = Watched(sleeper(tmp_path, answers=False)), []
    part.keep_up(told.append)
    assert part.process is not None
    first, part.started = part.process, time.monotonic() - processes.ANSWERS_IN - 1
    part.keep_up(told.append)
    assert first.wait(10) == -9
    part.keep_up(told.append)
    part.due = 0.0
    part.keep_up(told.append)
    assert part.process is not None
    assert part.process.pid != first.pid
    assert "sleeper" in told[0]
    part.stop()


def sleeper(folder: Path, *, answers: bool) -> Program:
    words = [sys.executable, "-c", "import time; time.sleep(60)"]
    return Program("sleeper", words, lambda: answers, folder / "sleeper.log")


WORK = """
import os, sys, time
from saas.kernel.processes import replaced_at_once

LOADED = os.urandom(8).hex()

def work():
    with open(sys.argv[1], "a") as told:
        told.write(f"{os.getpid()} {LOADED}\\n")
    time.sleep(60)

replaced_at_once(work)
"""


def test_a_killed_child_is_replaced_at_once_and_nobody_outlives_the_other(tmp_path: Path) -> None:
    """By a fork of what is loaded, not by a program that would have to load it again."""
    told = tmp_path / "told"
    parent = subprocess.Popen([sys.executable, "-c", WORK, str(told)])
    first, loaded = nth_child(told, 1)
    os.kill(first, signal.SIGKILL)
    second, inherited = nth_child(told, 2)
    assert (second != first, inherited) == (True, loaded)
    parent.send_signal(signal.SIGTERM)
    assert parent.wait(10) == 0
    assert not Path(f"/proc/{second}").exists()

    parent = subprocess.Popen([sys.executable, "-c", WORK, str(told)])
    third, _loaded_anew = nth_child(told, 3)
    parent.kill()
    parent.wait()
    await_end(third)


def nth_child(told: Path, number: int) -> tuple[int, str]:
    """Its process id, and what it says its parent had loaded."""
    deadline = time.monotonic() + 20
    while not told.exists() or told.read_text().count("\n") < number:
        assert time.monotonic() < deadline, "no child began"
        time.sleep(0.01)
    pid, loaded = told.read_text().splitlines()[number - 1].split()
    return int(pid), loaded


def await_end(pid: int) -> None:
    deadline = time.monotonic() + 20
    while (status := Path(f"/proc/{pid}/status")).exists() and "State:\tZ" not in status.read_text():
        assert time.monotonic() < deadline, "it outlives its parent"
        time.sleep(0.02)
