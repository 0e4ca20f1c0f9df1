"""N42 cut-off: a summary that names another month than its series' habit allows."""

from __future__ import annotations

import polars as pl

from saas.checks.digest import digest
from saas.checks.roles import role_like
from saas.checks.series import recurring_events
from saas.checks.signals.evidence import evidence
from saas.checks.wording import SETTLEMENT
from saas.ledgers.frame import Ledger
from saas.ledgers.texts import says

ACCRUES = r"^(?:payroll|depreciation|amortisation|deferred_expense|revenue|surcharge|tax|inventory|cogs)\b"

HABIT = 0.5  # where fewer of a kind of entry name a month, naming another one is no habit


def cut_off(ledger: Ledger) -> pl.DataFrame:
    """Accruals and revenue booked in another month than the one they name; payments of an earlier month are normal."""
    books = digest(ledger)
    accruing = books.lines.filter(role_like(ACCRUES))["voucher"].unique().to_list()
    events = recurring_events(ledger)
    events = events.with_columns(of_form=pl.len().over("form", "money"))
    lag = pl.col("named") - pl.col("month")
    named = events.filter(pl.col("named").is_not_null(), pl.col("refund").not_()).with_columns(lag=lag)
    named = named.with_columns(
        usual=pl.col("lag").mode().sort().first().over("form", "money"),
        n=pl.len().over("form", "money"),
        habit=pl.len().over("form", "money") / pl.col("of_form"),
        accrues=pl.col("voucher").is_in(accruing) & ~pl.col("money") & ~says("text", f"^(?:{SETTLEMENT})"),
    )
    off = named.filter(
        pl.col("lag") != pl.when((pl.col("n") >= 3) & (pl.col("habit") >= HABIT)).then("usual").otherwise(0)
    )
    follows = pl.col("n") >= 3
    strength = (
        pl.when(pl.col("accrues") & follows).then(0.6)
        .when(pl.col("accrues")).then(0.55)
        .when(follows & (pl.col("lag") > 0)).then(0.25)
        .when(follows).then(0.15)
        .otherwise(0.0)
    )  # fmt: skip
    return evidence(off, "N42", strength)
