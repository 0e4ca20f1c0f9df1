"""Child processes: waited for until they answer, ended with us however we end, started again when they crash."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import http.client
import logging
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from saas.kernel.i18n import Text, _

STEADY = 3.0  # seconds after which a crash starts a new count
ANSWERS_IN = 120.0  # seconds until a part that was started has to answer, also on a busy machine; an end shows at once
ASKED = (signal.SIGTERM, signal.SIGINT)
PR_SET_PDEATHSIG = 1  # of prctl(2)
SELDOM = 50_000  # new objects before garbage is looked for; Python's own 700 suit small programs
LONGEST_PAUSE = 5.0  # seconds between two starts of what keeps crashing


class CannotStartError(RuntimeError):
    """A part did not come up. The reason is a sentence that says what to do, or what the part said itself."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.msgid)
        self.reason = reason

    def __str__(self) -> str:
        return str(self.reason)


@dataclass(frozen=True, slots=True)
class Program:
    """A program to start, how to see that it is ready, and how to ask it to stop."""

    name: str
    argv: Sequence[str]
    ready: Callable[[], bool]
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM


def launch(program: Program) -> subprocess.Popen[bytes]:
    """Start without waiting. Call from the main thread: it is whose death the kernel watches."""
    program.log.parent.mkdir(parents=True, exist_ok=True)
    with program.log.open("ab") as log:
        return subprocess.Popen(program.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)


def start(program: Program, timeout: float = ANSWERS_IN) -> subprocess.Popen[bytes]:
    """Start and wait until it answers."""
    process = launch(program)
    deadline = time.monotonic() + timeout
    while not program.ready():
        if process.poll() is not None or time.monotonic() > deadline:
            stop(process, signal.SIGKILL)
            said = "\n".join(program.log.read_text(errors="replace").splitlines()[-8:])
            raise CannotStartError(_("%(name)s did not start. It said:\n%(said)s", name=program.name, said=said))
        time.sleep(0.02)
    return process


def stop(process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGTERM, timeout: float = 15) -> None:
    """Ask it to end; insist after `timeout` seconds."""
    if process.poll() is not None:
        return
    process.send_signal(how)
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def ends_with_us(how: str) -> list[str]:
    return ["setpriv", "--pdeathsig", how, "--"]


@dataclass
class Watched:
    """A child that is started again when it ends by itself: soon, then after longer and longer pauses."""

    program: Program
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    crashes: int = 0
    due: float = 0.0
    awaited: bool = False  # started again, and has not answered since

    def start(self) -> None:
        self.started = time.monotonic()
        self.process = start(self.program)

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.program.stop_signal)

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, self.program.stop_signal)

    def keep_up(self, tell: Callable[[str], None]) -> None:
        """Call often: notices an end and starts again when it is time to, without waiting: others may be down too."""
        if self.process is not None and (code := self.process.poll()) is not None:
            self._pause(steady=time.monotonic() - self.started > STEADY)
            name, log = self.program.name, self.program.log
            told = _("%(name)s ended (%(code)s) and is started again; see %(log)s", name=name, code=code, log=log)
            tell(str(told))
        if self.process is None and time.monotonic() >= self.due:
            self.started, self.awaited = time.monotonic(), True
            self.process = launch(self.program)
        if self.process is not None and self.awaited:
            self.awaited = not self.program.ready()
            if self.awaited and time.monotonic() - self.started > ANSWERS_IN:
                self.process.kill()  # its end is noticed next time

    def _pause(self, *, steady: bool) -> None:
        self.process = None
        self.crashes = 1 if steady else self.crashes + 1
        self.due = time.monotonic() + min(0.1 * 2**self.crashes, LONGEST_PAUSE)


def free_port() -> int:
    """A port of loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def page_status(port: int, path: str, timeout: float = 5.0) -> int:
    """The status with which a server on loopback answers; 0 when it does not within so many seconds."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def keep_what_is_loaded() -> None:
    """Never look for garbage again in what the process has loaded: it stays, and forked children share its pages."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(SELDOM, 10, 10)


def replaced_at_once(work: Callable[[], None]) -> None:
    """Do `work` in a child, and when the child is killed or fails do it in a new one, until we are asked to stop.

    Whoever calls has loaded everything the work needs: a new child begins within milliseconds, where a new process
    would load for seconds. Call without threads and outside every event loop. A child never outlives us.
    """
    keep_what_is_loaded()
    stopping: list[int] = []
    child = crashes = 0

    def pass_on(number: int, _frame: FrameType | None) -> None:
        stopping.append(number)
        with contextlib.suppress(ProcessLookupError):  # it has ended just now
            os.kill(child, number)

    while not stopping:
        since = time.monotonic()
        signal.pthread_sigmask(signal.SIG_BLOCK, ASKED)  # until it is known who is to be told
        child = _begun(work)
        for number in ASKED:
            signal.signal(number, pass_on)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ASKED)
        _pid, status = os.waitpid(child, 0)
        for number in ASKED:
            signal.signal(number, lambda asked, _frame: stopping.append(asked))
        if os.waitstatus_to_exitcode(status) == 0:
            return
        crashes = 1 if time.monotonic() - since > STEADY else crashes + 1
        if crashes > 1 and not stopping:
            time.sleep(min(0.1 * 2**crashes, LONGEST_PAUSE))


def _begun(work: Callable[[], None]) -> int:
    """The id of a child that does the work and then ends, whatever happens in it."""
    us = os.getpid()
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        for number in ASKED:
            signal.signal(number, signal.SIG_DFL if number == signal.SIGTERM else signal.default_int_handler)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ASKED)
        random.seed()
        if os.getppid() == us:
            work()
        code = 0
    except KeyboardInterrupt:
        code = 0
    except BaseException:
        logging.getLogger("saas.processes").exception("the work ended")
    finally:
        os._exit(code)
