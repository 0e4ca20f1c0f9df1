"""A new trial balance against the one that is stored: openings that are not the closings before."""

from __future__ import annotations

import warnings
from typing import Any

import polars as pl

from saas.ledgers.charts import build
from saas.ledgers.frame import BALANCES, LINES, Ledger
from saas.ledgers.preview import continuity


def balances(*rows: dict[str, Any]) -> Ledger:
    empty: dict[str, Any] = dict.fromkeys(BALANCES) | {"account_name": "库存现金", "aux": ""}
    frame = pl.DataFrame([empty | row for row in rows], schema=BALANCES)
    return Ledger(None, "stored", "small", build("small", []), pl.DataFrame(schema=LINES), frame)


FEBRUARY = balances({"period": "2026-02", "account": "1001", "closing": 100})


def test_an_opening_that_is_not_the_closing_before_is_shown() -> None:
    march = balances({"period": "2026-03", "account": "1001", "opening": 90})
    assert [(row["account"], row["opening"], row["closing"]) for row in continuity(march, FEBRUARY)] == [
        ("1001", 90, 100)
    ]


def test_balances_without_a_month_are_compared_with_nothing() -> None:
    """Not with every stored row, and without polars warning of a comparison with None."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert continuity(balances({"account": "1001", "opening": 90}), FEBRUARY) == []
