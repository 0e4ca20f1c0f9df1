"""The tax table as the rules read it: rates and thresholds by the month they hold in, never constants."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from saas.kernel.months import month_end
from saas.kernel.rates import Rates, load

TABLE = Path(__file__).parents[3] / "tenants" / "_starter" / "tax_table.toml"


@cache
def rates() -> Rates:
    """The table as shipped; its rows carry their dates and sources."""
    return load(TABLE)


def last_day(period: str) -> date:
    """The last day of a month "2026-02": the day whose rates hold for the month."""
    return month_end(period)
