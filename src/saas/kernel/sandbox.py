"""Work that strangers' input could blow up runs in processes of its own, with limits on memory and time.

A process that passes a limit dies alone: the call raises ExhaustedError and the next call gets a fresh process.
"""

from __future__ import annotations

import asyncio
import os
import resource
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from queue import LifoQueue
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

MIB = 1024 * 1024
YIELDS = 5  # niceness: pages, mails and what starts again after a crash go first
CALLS_PER_PROCESS = 500  # then a fresh one, so that leaks of C libraries stay small


class ExhaustedError(RuntimeError):
    """The work needed more memory or time than it is allowed, or brought its process down."""


class Sandbox:
    """`processes` limited processes, started when first needed, ended with us.

    `memory` is in bytes of address space, `cpu_seconds` for each call. Functions, arguments and results are pickled
    between our own processes. `prepare` (a module's function) runs once in each process: load what every call needs.
    """

    def __init__(
        self, *, memory: int, cpu_seconds: int, processes: int = 1, prepare: Callable[[], object] | None = None
    ) -> None:
        self.memory, self.cpu_seconds, self.prepare = memory, cpu_seconds, prepare
        self._idle: LifoQueue[ProcessPoolExecutor] = LifoQueue()
        for _ in range(processes):
            self._idle.put(self._fresh())

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As `call`, without holding up the event loop."""
        return await asyncio.to_thread(lambda: self.call(function, *args, **kwargs))

    def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The function's result, or what it raised; ExhaustedError when it passed a limit."""
        with self._process() as executor:
            try:
                return executor.submit(_limited, self.cpu_seconds, function, args, kwargs).result()
            except MemoryError as error:
                raise ExhaustedError(f"{function.__name__} needs more than {self.memory // MIB} MiB") from error

    def close(self) -> None:
        while not self._idle.empty():
            self._idle.get().shutdown(cancel_futures=True)

    @contextmanager
    def _process(self) -> Iterator[ProcessPoolExecutor]:
        executor = self._idle.get()
        try:
            yield executor
        except BrokenProcessPool as error:
            executor.shutdown(wait=False)
            executor = self._fresh()
            raise ExhaustedError(
                f"the process ended (limits: {self.memory // MIB} MiB, {self.cpu_seconds} s)"
            ) from error
        finally:
            self._idle.put(executor)

    def _fresh(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            max_workers=1,
            mp_context=get_context("spawn"),
            initializer=_confine,
            initargs=(self.memory, self.prepare, os.getpid()),
            max_tasks_per_child=CALLS_PER_PROCESS,
        )


def _confine(memory: int, prepare: Callable[[], object] | None, parent: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    if prepare is not None:
        prepare()
    os.nice(YIELDS)  # not before: while it loads, after a crash, work waits for it


def _end_with(parent: int) -> None:
    """A parent that was killed cannot tell us; waiting for work from it would last for ever."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _limited(cpu_seconds: int, function: Callable[..., T], args: tuple[object, ...], kwargs: dict[str, object]) -> T:
    used = resource.getrusage(resource.RUSAGE_SELF)
    allowed = int(used.ru_utime + used.ru_stime) + 1 + cpu_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (allowed, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    return function(*args, **kwargs)
