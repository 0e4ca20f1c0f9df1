"""Parts that crash are started again, and none of them is waited for while others are down."""

from __future__ import annotations

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
