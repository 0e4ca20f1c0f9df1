"""Several questions to one ledger at once: Polars lets go of Python while it works, so a second one can be asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from saas.ledgers.frame import Ledger

T = TypeVar("T")

AT_ONCE = 2
LARGE = 50_000  # lines; smaller ledgers take less time than threads do


def answers(ledger: Ledger, questions: Iterable[Callable[[], T]]) -> list[T]:
    """The answers in the order of the questions; the first error is raised once all that began have come to an end.

    Each question is asked in a copy of this context (the reader's language, the firm).
    """
    if ledger.lines.height < LARGE:
        return [question() for question in questions]
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="check") as pool:
        asked = [pool.submit(copy_context().run, question) for question in questions]
        return [answer.result() for answer in asked]
