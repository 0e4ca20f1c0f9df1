"""N33: a recurring entry that one month lacks.

Only what must come every month is judged: wages, depreciation, amortisation, cost carry-over, stock receipts, rent, and
whatever else came with the same amount or like clockwork. A month is excused when the entry came late, early, in one sum
with its neighbour's, under other words, or when nothing called for it (no sales, no cost).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from saas.checks.digest import digest
from saas.checks.finding import Finding, Rule
from saas.checks.series import Recurring, find, recurring_events
from saas.checks.signals.expected import Expected, expected_entry
from saas.checks.wording import month_name
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.ledgers.frame import Ledger

CLOCKWORK = 0.4  # dispersion of the monthly numbers; entries that come at random have about 1
LATE_MONTHS = 3


@dataclass(frozen=True, slots=True)
class Gap:
    """A month in which a series has no member and nothing excuses it."""

    series: dict[str, Any]
    month: int
    missing: int  # months this series lacks altogether
    expected: Expected


def missing_entries(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """One finding per series and month; the most specific series speaks for the more general ones of the same accounts."""
    said: set[tuple[str, int]] = set()
    findings = []
    for gap in _gaps(ledger, settings):
        key = (gap.series["form"], gap.month)
        if key not in said:
            said.add(key)
            findings.append(_finding(gap))
    return findings


def _gaps(ledger: Ledger, settings: Mapping[str, Any]) -> list[Gap]:
    recurring = find(ledger)
    events = recurring_events(digest(ledger).vouchers)
    level = pl.col("level").replace_strict({"party": 0, "words": 1, "accounts": 2})
    candidates = recurring.series.filter(
        pl.col("present") >= settings["least_months"],
        pl.col("present") >= settings["presence"] * pl.col("span"),
        (pl.col("dispersion") < CLOCKWORK) | (pl.col("level") == "accounts"),
    ).sort(level, "series")
    gaps = []
    for series in candidates.iter_rows(named=True):
        members = recurring.members.filter(pl.col("series") == series["series"]).sort("month", "voucher")
        months = _missing_months(series, members, recurring)
        if not months:
            continue
        kept = [m for m in months if not _excused(m, series, members, events)]
        for month in kept:
            expected = expected_entry(ledger, members.filter(pl.col("form") == series["form"]), month)
            if expected and expected.nature == "stock" and _any(events, series, month):
                continue  # goods came in, under other words
            if expected and _must_come(series, expected, len(kept), month == recurring.months[-1]):
                gaps.append(Gap(series, month, len(kept), expected))
    return gaps


def _missing_months(series: dict[str, Any], members: pl.DataFrame, recurring: Recurring) -> list[int]:
    """Inside the life of the series; and the file's last month when only that one is missing."""
    there = {*members["month"], *members["counted"]}
    inside = [m for m in recurring.months if series["first"] < m < series["last"] and m not in there]
    last_two = recurring.months[-2:]
    if not inside and len(last_two) == 2 and series["last"] == last_two[0] and last_two[1] not in there:
        return [last_two[1]]
    return inside


def _excused(month: int, series: dict[str, Any], members: pl.DataFrame, events: pl.DataFrame) -> bool:
    """The entry is in the books after all: under other words, for several months at once, late or early."""
    around = pl.col("month").is_between(month - LATE_MONTHS, month + LATE_MONTHS)
    near = events.filter(around, (pl.col("form") == series["form"]) | (pl.col("key") == series["key"]))
    here = near.filter(pl.col("month") == month)
    like = pl.col("amount").is_between(series["usual"] * 0.6, series["usual"] * 1.7)
    if here.filter((pl.col("key") == series["key"]) & (pl.lit(series["level"]) != "accounts") | like).height:
        return True
    if near.filter(pl.col("named") == month, pl.col("form") == series["form"], pl.col("key") != series["key"]).height:
        return True
    beside = members.filter(pl.col("month").is_between(month - 1, month + 1))
    crowded = beside.group_by("month").len("n").filter(pl.col("n") > series["per_month"])
    multiple = (pl.col("amount") / series["usual"]).round()
    lump = beside.filter(
        multiple.is_between(2, 6), (pl.col("amount") / series["usual"] - multiple).abs() < 0.02 * multiple
    )
    return bool(series["per_month"] == 1 and (crowded.height or lump.height))


def _any(events: pl.DataFrame, series: dict[str, Any], month: int) -> bool:
    return events.filter(pl.col("form") == series["form"], pl.col("month") == month).height > 0


def _must_come(series: dict[str, Any], expected: Expected, missing: int, at_the_end: bool) -> bool:
    """Whether a month without this entry is an error rather than a month without its cause."""
    essential = expected.nature in ("payroll", "depreciation", "amortisation", "cost", "stock")
    if at_the_end:
        return expected.nature in ("payroll", "depreciation", "cost")
    if series["level"] == "accounts":
        often = series["n"] >= 2 * series["span"]
        return missing == 1 and essential and (often or series["dispersion"] < CLOCKWORK)
    fixed = series["fixed_n"] >= 0.8 * series["n"]
    if essential or fixed or expected.nature == "rent":
        return missing <= 2
    return missing == 1 and series["dispersion"] < 0.15 and series["n"] >= 8 and expected.nature == "other"


def _finding(gap: Gap) -> Finding:
    series, period = gap.series, month_name(gap.month)
    fixed = series["fixed_n"] >= 0.8 * series["n"]
    confidence = 0.6 + 0.15 * fixed + 0.15 * (gap.expected.nature != "other") + 0.05 * (series["dispersion"] < 0.12)
    name = series["key"] or gap.expected.summary
    return Finding(
        rule="N33",
        object=f"{series['series']}@{period}",
        severity="high" if confidence >= 0.75 else "medium",
        confidence=round(confidence - 0.15 * (gap.missing - 1), 2),
        message=_(
            "%(period)s has no entry “%(series)s”, which %(present)s of %(span)s months have, usually for %(amount)s yuan.",
            period=period,
            series=name,
            present=series["present"],
            span=max(series["span"], series["present"] + 1),
            amount=str(Money(gap.expected.fen)),
        ),
        period=period,
        account=gap.expected.debit_account,
        amount=Money(gap.expected.fen),
        compared={
            "series": name,
            "months_present": series["present"],
            "last_members": gap.expected.members,
            "expected": gap.expected.as_json(),
        },
    )


RULES = [
    Rule(
        id="N33",
        name=_("Missing recurring entry"),
        explanation=_(
            "An entry that comes every month with the same accounts and wording (wages, depreciation, rent, amortisation, "
            "cost carry-over, stock receipts) is missing in one month."
        ),
        reason=_(
            "Accrual basis: income and cost belong to the month they concern (Basic Standard, Art. 9); a missing accrual "
            "misstates the profit of the month and the tax prepayment of the quarter."
        ),
        cure=_("The entry is booked, or a later voucher names this month, or the object of the series ended."),
        severity="high",
        weight=0.7,
        run=missing_entries,
        settings={"least_months": 6, "presence": 0.8},
    )
]
