"""Facts that several rules need (voucher kinds, balances) are computed once per ledger, and forgotten with it."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

import polars as pl

from saas.ledgers.charts import Chart
from saas.ledgers.frame import Ledger

T = TypeVar("T")


def per_ledger(compute: Callable[[Ledger], T]) -> Callable[[Ledger], T]:
    """Remember the answer of a pure function for as long as the ledger's lines live, so that rules share it."""
    known: dict[int, tuple[weakref.ref[pl.DataFrame], pl.DataFrame, Chart, T]] = {}

    @wraps(compute)
    def remembered(ledger: Ledger) -> T:
        key = id(ledger.lines)
        entry = known.get(key)
        same = entry and entry[0]() is ledger.lines and entry[1] is ledger.balances and entry[2] is ledger.chart
        if entry is None or not same:
            gone = weakref.ref(ledger.lines, lambda _: known.pop(key, None))
            entry = (gone, ledger.balances, ledger.chart, compute(ledger))
            known[key] = entry
        return entry[3]

    return remembered
