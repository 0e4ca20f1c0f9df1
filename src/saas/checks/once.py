"""Facts that several rules need (voucher kinds, balances) are computed once per ledger, and forgotten with it."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

import polars as pl

from saas.ledgers.charts import Chart
from saas.ledgers.frame import Ledger

T = TypeVar("T")


def per_ledger(compute: Callable[[Ledger], T]) -> Callable[[Ledger], T]:
    """Remember the answer of a pure function for as long as the ledger's lines live, so that rules share it.

    Of rules that run at once, one works it out and the others wait. Facts rest on facts, never in a circle, so no two
    wait for each other.
    """
    known: dict[int, tuple[weakref.ref[pl.DataFrame], pl.DataFrame, Chart, T]] = {}
    working = threading.RLock()

    def kept(ledger: Ledger) -> tuple[T] | None:
        entry = known.get(id(ledger.lines))
        same = entry and entry[0]() is ledger.lines and entry[1] is ledger.balances and entry[2] is ledger.chart
        return (entry[3],) if entry and same else None

    def keep(ledger: Ledger) -> tuple[T]:
        key, answer = id(ledger.lines), compute(ledger)
        gone = weakref.ref(ledger.lines, lambda _: known.pop(key, None))
        known[key] = (gone, ledger.balances, ledger.chart, answer)
        return (answer,)

    @wraps(compute)
    def remembered(ledger: Ledger) -> T:
        answer = kept(ledger)
        if answer is None:
            with working:
                answer = kept(ledger) or keep(ledger)
        return answer[0]

    return remembered
